package io.jobyard.stats;

import io.jobyard.store.JobStore;
import io.jobyard.store.Limits;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's numbers in the store: every few seconds what its {@link Tally} counted, in rows
 * that grow until their span is over; once a minute, unless another node did, how long the queues
 * are. Where nothing happens it writes nothing but that.
 *
 * <p>Rows are replaced, not added to, so that what a lost answer leaves in doubt is written again.
 * For one thread.
 */
public final class Bookkeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Bookkeeper.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration PURGE_PERIOD = Duration.ofMinutes(10);
  private static final int BATCH = 200;
  private static final int MOST_CAUSES = 200;
  private static final List<Step> LOAD_STEPS = List.of(Step.MINUTE, Step.TEN_MINUTES, Step.HOUR);
  private static final List<Step> LINE_STEPS = List.of(Step.MINUTE, Step.TEN_MINUTES);
  private static final List<Step> CAUSE_STEPS = List.of(Step.HOUR, Step.DAY);

  private final JobStore store;
  private final InstantSource clock;
  private final Duration keep;
  private final String writer;
  private final Tally tally = new Tally();
  private final Map<Row, Load> loads = new HashMap<>();
  private final Map<Row, CauseCount> causes = new HashMap<>();
  private final Set<Row> unwritten = new HashSet<>();
  private Set<String> busy = Set.of();
  private Instant nextWrite = Instant.MIN;
  private Instant nextLook = Instant.MIN;
  private Instant nextPurge = Instant.MIN;

  private record Row(String series, Step step, Instant bucket) {
    boolean overAt(Instant now) {
      return !bucket.plus(step.length()).isAfter(now);
    }
  }

  /**
   * A node's.
   *
   * @param node its name
   * @param keep how long numbers are kept
   */
  public Bookkeeper(JobStore store, InstantSource clock, String node, Duration keep) {
    this.store = store;
    this.clock = clock;
    this.keep = keep;
    // Another run of the same node must not replace the rows of this one.
    this.writer = node + "~" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 24, 36);
    if (writer.length() > Limits.MAX_NAME) {
      throw new IllegalArgumentException("the node's name is too long: " + node);
    }
  }

  /** Where the node counts. */
  public Tally tally() {
    return tally;
  }

  /** To be called often; does something only when it is time. */
  public void round() {
    Instant now = clock.instant();
    if (!now.isBefore(nextWrite)) {
      nextWrite = now.plus(PERIOD);
      write(now);
    }
    if (!now.isBefore(nextLook)) {
      // Not all nodes at once: the first spares the others the look.
      Instant minute = Step.MINUTE.bucket(now).plus(Step.MINUTE.length());
      nextLook = minute.plusMillis(ThreadLocalRandom.current().nextLong(5_000));
      look(now);
    }
    if (!now.isBefore(nextPurge)) {
      nextPurge = now.plus(PURGE_PERIOD);
      while (store.purgeSamples(BATCH) == BATCH) {
        // The next step.
      }
    }
  }

  /**
   * Keeps what was counted last, once the thread that made the rounds is through; gives up where
   * that takes too long or the store takes nothing.
   */
  public void closeAfter(Thread rounds, Duration patience) {
    try {
      rounds.join(patience.toMillis());
      if (!rounds.isAlive()) {
        write(clock.instant());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.info("the store did not take the last numbers for its charts: {}", e.getMessage());
    }
  }

  private void write(Instant now) {
    tally
        .take()
        .forEach((queue, taken) -> {
          addLoad(queue, taken.load(), now);
          addLoad(Family.ALL, taken.load(), now);
          taken.causes().forEach(cause -> addCause(cause, now));
        });
    List<Row> rows = new ArrayList<>(unwritten);
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<Row> some = rows.subList(from, Math.min(from + BATCH, rows.size()));
      store.put(some.stream().map(this::sample).toList(), keep);
      unwritten.removeAll(some);
    }
    loads.keySet().removeIf(row -> row.overAt(now));
    causes.keySet().removeIf(row -> row.overAt(now));
  }

  private void addLoad(String queue, Load delta, Instant now) {
    for (Step step : LOAD_STEPS) {
      Row row = new Row(queue, step, step.bucket(now));
      loads.computeIfAbsent(row, any -> new Load()).add(delta);
      unwritten.add(row);
    }
  }

  private void addCause(CauseCount delta, Instant now) {
    for (Step step : CAUSE_STEPS) {
      Row row = new Row(delta.id(), step, step.bucket(now));
      CauseCount count = delta;
      if (!causes.containsKey(row) && causes.size() >= MOST_CAUSES * CAUSE_STEPS.size()) {
        Cause other = Cause.other(delta.cause().type());
        count = new CauseCount(delta.queue(), delta.kind(), other);
        count.add(delta);
        row = new Row(count.id(), step, step.bucket(now));
      }
      CauseCount added = count;
      causes
          .computeIfAbsent(row, any -> new CauseCount(added.queue(), added.kind(), added.cause()))
          .add(added);
      unwritten.add(row);
    }
  }

  private Sample sample(Row row) {
    Load load = loads.get(row);
    if (load != null) {
      return new Sample(Family.LOAD, row.series, row.step, row.bucket, writer, load.bytes());
    }
    CauseCount count = causes.get(row);
    if (count == null) {
      throw new IllegalStateException("a row is to be written that was dropped: " + row);
    }
    return new Sample(Family.CAUSE, row.series, row.step, row.bucket, writer, count.bytes());
  }

  private void look(Instant now) {
    Instant minute = Step.MINUTE.bucket(now);
    Instant after = minute.plus(Step.MINUTE.length());
    if (!store.samples(Family.LINE, Family.ALL, Step.MINUTE, minute, after).isEmpty()) {
      return;
    }
    List<QueueStatus> queues = store.queues();
    List<Sample> samples = new ArrayList<>();
    add(samples, Family.ALL, Backlog.of(queues), now);
    Set<String> nowBusy = new HashSet<>();
    for (QueueStatus queue : queues) {
      Backlog backlog = Backlog.of(queue);
      if (!backlog.quiet()) {
        nowBusy.add(queue.queue());
      }
      // One more when it has become quiet, so that its line comes down to nothing.
      if (!backlog.quiet() || busy.contains(queue.queue())) {
        add(samples, queue.queue(), backlog, now);
      }
    }
    store.put(samples, keep);
    busy = nowBusy;
  }

  private static void add(List<Sample> samples, String series, Backlog backlog, Instant now) {
    for (Step step : LINE_STEPS) {
      samples.add(new Sample(Family.LINE, series, step, step.bucket(now), "", backlog.bytes()));
    }
  }
}
