package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.scenarios.Death.Standstill;
import io.jobyard.scenarios.Line.What;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A queue with a limit, on two nodes that could run more than it allows. */
class LimitTest {
  private static final int LIMIT = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration PROMISE = Duration.ofMillis(100);

  /** What a machine that builds elsewhere meanwhile makes of the promise. */
  private static final Duration BUSY = Duration.ofSeconds(5);

  private static final String SETTINGS =
      """
      queues:
        default: {processes: 2, threads: 8, memory: 64m, limit: %d}
      """
          .formatted(LIMIT);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void twoNodesNeverRunMoreThanTheLimitAndSoonAsManyAsIt() throws Exception {
    play(300, BUSY);
  }

  @Test
  @Tag("soak")
  void twoNodesRunAsManyAsTheLimitWithinAHundredMilliseconds() throws Exception {
    play(3_000, PROMISE);
  }

  private void play(int jobs, Duration mostBelow) throws Exception {
    try (Scene scene = new Scene(dir)) {
      scene.node("app-1", SETTINGS);
      scene.node("app-2", SETTINGS);
      int before = warmUp(scene);
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":100", jobs);
      scene.awaitDrained(PATIENCE);

      List<Line> lines =
          scene.ledger.lines().stream()
              .filter(line -> line.what() == What.START || line.what() == What.END)
              .sorted(Comparator.comparingLong(Line::nanos))
              .skip(2L * before)
              .toList();
      assertThat(lines).hasSize(2 * jobs);
      assertThat(lines.stream().map(Line::manager).distinct()).hasSize(2);
      Busyness busyness = Busyness.of(lines, jobs, scene.pulse::stoodStill);
      System.out.printf(
          "limit %d over two nodes: at most %d at once, below it for at most %d ms%n",
          LIMIT, busyness.most, busyness.longestBelow);
      assertThat(busyness.most).isEqualTo(LIMIT);
      assertThat(busyness.longestBelow).isLessThan(mostBelow.toMillis());
    }
  }

  /** Runs jobs until both nodes have run some; says how many. */
  private static int warmUp(Scene scene) {
    AtomicInteger pushed = new AtomicInteger();
    Scene.waiting(PATIENCE, "both nodes to run jobs")
        .until(() -> {
          pushed.addAndGet(scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":100", 20).size());
          scene.awaitDrained(PATIENCE);
          return scene.ledger.lines().stream().map(Line::manager).distinct().count() == 2;
        });
    return pushed.get();
  }

  /**
   * How many jobs ran at once.
   *
   * @param longestBelow the longest time with fewer than the limit while jobs waited, in ms, from
   *     when the limit was reached first, but for the time in which nothing went on at all
   */
  private record Busyness(int most, long longestBelow) {
    static Busyness of(List<Line> lines, int jobs, Standstill standstill) {
      int running = 0;
      int started = 0;
      int most = 0;
      long below = 0;
      long longest = 0;
      for (Line line : lines) {
        if (running < LIMIT && most == LIMIT && started < jobs) {
          long still = standstill.nanos(below, line.nanos());
          longest = Math.max(longest, line.nanos() - below - still);
        }
        int before = running;
        running += line.what() == What.START ? 1 : -1;
        started += line.what() == What.START ? 1 : 0;
        most = Math.max(most, running);
        if (before == LIMIT && running < LIMIT) {
          below = line.nanos();
        }
      }
      return new Busyness(most, longest / 1_000_000);
    }
  }
}
