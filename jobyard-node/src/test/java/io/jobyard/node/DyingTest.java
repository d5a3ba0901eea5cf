package io.jobyard.node;

import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobyard.JobState;
import io.jobyard.Jobyard;
import io.jobyard.OnStart;
import io.jobyard.Services;
import io.jobyard.config.QueueConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Workers that come up and die before they finish anything: no forking in a circle. */
final class DyingTest {
  private static final int DEATHS = 5;

  /**
   * From the fourth on a death is followed by a pause, a second at first; the jitter is a fifth.
   */
  private static final List<Long> PAUSES = List.of(800L, 1_600L);

  @TempDir private Path dir;

  private final Logger troubles =
      (Logger) LoggerFactory.getLogger("io.jobyard.node.process.Troubles");
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  /** Writes down when each worker starts. */
  static final class Clocked implements OnStart {
    @Override
    public void start(Services services) throws Exception {
      Files.writeString(
          Path.of("starts"),
          System.nanoTime() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  @BeforeEach
  void listen() {
    said.start();
    troubles.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    troubles.detachAppender(said);
  }

  @Test
  void aQueueWhoseWorkersDieBacksOffSaysSoOnceAndRecovers() throws Exception {
    try (var node = new RunningNode(dir, UnaryOperator.identity(), deadly(1, DEATHS))) {
      UUID job = node.push("deadly", "exit", "{\"code\":3}");

      waiting("the reason to show")
          .until(
              () -> node.workers().troubles().getOrDefault("deadly", "").contains("with code 3"));
      waiting("the last crash").until(() -> node.job(job).state() == JobState.FAILED);
      waiting("the queue to be well").until(() -> !node.workers().troubles().containsKey("deadly"));
    }
    assertThat(starts()).hasSize(DEATHS + 1);
    assertPausesAndSaidOnce();
  }

  @Test
  void cellsThatDieBackOffAndSaySoOnce() throws Exception {
    // The first crash is not in a cell; after the last one no other cell comes up.
    try (var node = new RunningNode(dir, UnaryOperator.identity(), deadly(2, DEATHS + 2))) {
      UUID job = node.push("deadly", "exit", "{\"code\":3}");

      waiting("the reason to show")
          .until(
              () -> node.workers().troubles().getOrDefault("deadly", "").contains("with code 3"));
      waiting("the last crash").until(() -> node.job(job).state() == JobState.FAILED);
      node.push("deadly", "nothing", "{}");
      waiting("the queue to be well").until(() -> !node.workers().troubles().containsKey("deadly"));
    }
    assertPausesAndSaidOnce();
  }

  private static QueueConfig deadly(int threads, int crashes) {
    return Jobyard.configure()
        .environment(Map.of())
        .queue(
            "deadly",
            queue ->
                queue
                    .processes(1)
                    .threads(threads)
                    .memory(64L << 20)
                    .maxCrashes(crashes)
                    .onStart(Clocked.class.getName()))
        .build()
        .queue("deadly");
  }

  private List<Long> starts() throws IOException {
    return lines(dir.resolve("starts")).stream().map(Long::parseLong).toList();
  }

  private void assertPausesAndSaidOnce() throws IOException {
    List<Long> starts = starts();
    int last = starts.size() - 1;
    List<Long> gaps =
        IntStream.range(last - PAUSES.size(), last)
            .mapToObj(i -> TimeUnit.NANOSECONDS.toMillis(starts.get(i + 1) - starts.get(i)))
            .toList();
    for (int i = 0; i < PAUSES.size(); i++) {
      assertThat(gaps.get(i)).as("the pause after death %d", i + 4).isGreaterThan(PAUSES.get(i));
    }
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(line -> line.contains("deadly"))
        .satisfiesExactly(
            line -> assertThat(line).contains("workers die before they finish a job"),
            line -> assertThat(line).contains("workers come up again"));
  }
}
