package io.jobyard.stats;

import io.jobyard.store.Sample;
import io.jobyard.store.StatsStore;
import io.jobyard.store.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What pages show of the numbers that nodes keep. Reads at most a few thousand small rows, however
 * many jobs there are. Safe for any thread.
 */
public final class History {
  private final StatsStore store;
  private final InstantSource clock;

  public History(StatsStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** The moments where the points of a chart begin, oldest first; the last has just begun. */
  public List<Instant> times(Span span) {
    return times(span, span.step());
  }

  /**
   * What runs came to.
   *
   * @param queue empty for all queues
   * @return for each of {@link #times}
   */
  public List<Load> load(String queue, Span span) {
    List<Instant> times = times(span);
    List<Load> points = new ArrayList<>();
    times.forEach(time -> points.add(new Load()));
    for (Sample sample : samples(Family.LOAD, queue, span.step(), times)) {
      points.get(index(times, span.step(), sample.bucket())).add(sample.data());
    }
    return points;
  }

  /**
   * How many jobs stood where.
   *
   * @param queue empty for all queues
   * @return for each of {@link #times} the greatest that was seen; where nobody looked, because no
   *     node ran or the queue was empty, nothing
   */
  public List<Backlog> backlog(String queue, Span span) {
    List<Instant> times = times(span);
    @Nullable Backlog[] points = new Backlog[times.size()];
    Step fine = span.step() == Step.MINUTE ? Step.MINUTE : Step.TEN_MINUTES;
    Instant end = times.getLast().plus(span.step().length());
    for (Sample sample : store.samples(Family.LINE, queue, fine, times.getFirst(), end)) {
      int at = index(times, span.step(), sample.bucket());
      Backlog seen = Backlog.read(sample.data());
      points[at] = points[at] == null ? seen : points[at].greatest(seen);
    }
    List<Backlog> all = new ArrayList<>();
    long ever = 0;
    for (@Nullable Backlog point : points) {
      ever = point == null ? ever : point.ever();
      all.add(point == null ? new Backlog(0, 0, 0, 0, ever) : point);
    }
    return all;
  }

  /** What each queue's runs of the last ten to twenty minutes came to. */
  public Map<String, Load> recent() {
    Instant now = clock.instant();
    Instant from = Step.TEN_MINUTES.bucket(now.minus(Step.TEN_MINUTES.length()));
    Map<String, Load> loads = new HashMap<>();
    for (Sample sample :
        store.samples(Family.LOAD, null, Step.TEN_MINUTES, from, now.plus(Duration.ofHours(1)))) {
      loads.computeIfAbsent(sample.series(), any -> new Load()).add(sample.data());
    }
    loads.remove(Family.ALL);
    return loads;
  }

  /** Why runs failed, what struck most often first; over at least a day. */
  public List<Trouble> troubles(Span span) {
    Step step = span.causes();
    List<Instant> times = times(span, step);
    Map<String, CauseCount> counts = new HashMap<>();
    Map<String, long[]> trends = new HashMap<>();
    for (Sample sample : samples(Family.CAUSE, null, step, times)) {
      CauseCount part = CauseCount.read(sample.data());
      counts
          .computeIfAbsent(
              sample.series(), any -> new CauseCount(part.queue(), part.kind(), part.cause()))
          .add(part);
      trends
              .computeIfAbsent(sample.series(), any -> new long[times.size()])[
              index(times, step, sample.bucket())] +=
          part.runs();
    }
    List<Trouble> troubles = new ArrayList<>();
    counts.forEach((id, count) -> {
      long[] trend = trends.getOrDefault(id, new long[0]);
      List<Long> points = new ArrayList<>();
      for (long point : trend) {
        points.add(point);
      }
      troubles.add(new Trouble(count, points));
    });
    troubles.sort(
        Comparator.comparingLong((Trouble trouble) -> trouble.count().runs())
            .reversed()
            .thenComparing(trouble -> trouble.count().id()));
    return troubles;
  }

  private List<Instant> times(Span span, Step step) {
    Instant last = step.bucket(clock.instant());
    List<Instant> times = new ArrayList<>();
    for (int ago = span.points(step) - 1; ago >= 0; ago--) {
      times.add(last.minus(step.length().multipliedBy(ago)));
    }
    return times;
  }

  private List<Sample> samples(
      String family, @Nullable String series, Step step, List<Instant> times) {
    Instant end = times.getLast().plus(step.length());
    return store.samples(family, series, step, times.getFirst(), end);
  }

  private static int index(List<Instant> times, Step step, Instant bucket) {
    Duration since = Duration.between(times.getFirst(), bucket);
    return (int) Math.min(times.size() - 1, since.dividedBy(step.length()));
  }
}
