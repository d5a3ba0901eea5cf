package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.scenarios.Death.Standstill;
import io.jobyard.scenarios.Line.What;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A queue with a limit, on two nodes that could run more than it allows. */
@Staged(on = Ground.SQLITE, threads = 8)
class LimitTest {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration PROMISE = Duration.ofMillis(100);

  /** What a machine that builds elsewhere meanwhile makes of the promise. */
  private static final Duration BUSY = Duration.ofSeconds(5);

  private final Cast cast;

  /** Ten, where two nodes have more slots than that. */
  private final int limit;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  private Scene scene;
  private ChaosNode first;

  LimitTest(Cast cast) {
    this.cast = cast;
    this.limit = Math.min(10, 2 * cast.slots() - 1);
  }

  @BeforeEach
  void open() throws Exception {
    scene = new Scene(dir, cast.ground().place(dir));
    String settings = cast.settings("lease: " + LEASE.toSeconds() + "s", "limit: " + limit);
    first = scene.node("app-1", settings);
    scene.node("app-2", settings);
    Scene.waiting(PATIENCE, "both nodes to run jobs")
        .until(() -> {
          push(20);
          scene.awaitDrained(PATIENCE);
          return scene.ledger.lines().stream().map(Line::manager).distinct().count() == 2;
        });
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void twoNodesNeverRunMoreThanTheLimitAndSoonAsManyAsIt() {
    play(30 * limit, BUSY);
  }

  @Test
  @Tag("soak")
  void twoNodesRunAsManyAsTheLimitWithinAHundredMilliseconds() {
    play(300 * limit, PROMISE);
  }

  @Test
  @Tag("soak")
  void theLeasesOfANodeThatDiedCountUntilTheyEndAndNoLonger() {
    Set<UUID> jobs = push(100 * limit);
    int warm = scene.ledger.ended().size();
    Scene.waiting(PATIENCE, "a tenth of the jobs to end")
        .until(() -> scene.ledger.ended().size() > warm + 10 * limit);
    Death death = first.kill();
    scene.awaitDrained(PATIENCE);

    assertThat(scene.ledger.ended()).containsAll(jobs);
    judge(withEnds(lines(jobs), death), jobs, LEASE.plus(BUSY));
  }

  private void play(int count, Duration mostBelow) {
    Set<UUID> jobs = push(count);
    scene.awaitDrained(PATIENCE);

    List<Line> lines = lines(jobs);
    assertThat(lines).hasSize(2 * count);
    judge(lines, jobs, mostBelow);
  }

  private void judge(List<Line> lines, Set<UUID> jobs, Duration mostBelow) {
    assertThat(lines.stream().map(Line::manager).distinct()).hasSize(2);
    Busyness busyness = Busyness.of(lines, jobs.size(), limit, scene.pulse::stoodStill);
    System.out.printf(
        "%s, limit %d over two nodes: at most %d at once, below it for at most %d ms%n",
        cast, limit, busyness.most, busyness.longestBelow);
    assertThat(busyness.most).isEqualTo(limit);
    assertThat(busyness.longestBelow).isLessThan(mostBelow.toMillis());
  }

  private Set<UUID> push(int count) {
    return Set.copyOf(scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":100", count));
  }

  /** When these jobs started and ended, in that order. */
  private List<Line> lines(Set<UUID> jobs) {
    return scene.ledger.lines().stream()
        .filter(line -> jobs.contains(line.job()))
        .filter(line -> line.what() == What.START || line.what() == What.END)
        .sorted(Comparator.comparingLong(Line::nanos))
        .toList();
  }

  /** Those who died wrote no end of what they ran. */
  private static List<Line> withEnds(List<Line> lines, Death death) {
    Set<String> open = new HashSet<>();
    lines.forEach(line -> open.add(line.run()));
    lines.stream().filter(line -> line.what() == What.END).forEach(line -> open.remove(line.run()));
    List<Line> ends = new ArrayList<>();
    for (Line line : lines) {
      if (open.contains(line.run())) {
        assertThat(line.manager()).isEqualTo(death.pid());
        ends.add(
            new Line(
                line.job(),
                line.run(),
                line.attempt(),
                line.worker(),
                line.manager(),
                What.END,
                death.until()));
      }
    }
    return Stream.concat(lines.stream(), ends.stream())
        .sorted(Comparator.comparingLong(Line::nanos))
        .toList();
  }

  /**
   * How many jobs ran at once.
   *
   * @param longestBelow the longest time with fewer than the limit while jobs waited, in ms, from
   *     when the limit was reached first, but for the time in which nothing went on at all
   */
  private record Busyness(int most, long longestBelow) {
    static Busyness of(List<Line> lines, int jobs, int limit, Standstill standstill) {
      int running = 0;
      Set<UUID> started = new HashSet<>();
      int most = 0;
      long below = 0;
      long longest = 0;
      for (Line line : lines) {
        if (running < limit && most == limit && started.size() < jobs) {
          long still = standstill.nanos(below, line.nanos());
          longest = Math.max(longest, line.nanos() - below - still);
        }
        int before = running;
        running += line.what() == What.START ? 1 : -1;
        started.add(line.job());
        most = Math.max(most, running);
        if (before == limit && running < limit) {
          below = line.nanos();
        }
      }
      return new Busyness(most, longest / 1_000_000);
    }
  }
}
