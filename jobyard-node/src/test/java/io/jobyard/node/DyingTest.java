package io.jobyard.node;

import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobyard.JobState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A queue whose workers die faster than they finish anything. */
final class DyingTest {
  private static final int DEADLY = 6;

  @TempDir private Path dir;

  @Test
  void itBacksOffSaysSoOnceAndRecoversByItself() {
    Logger troubles = (Logger) LoggerFactory.getLogger("io.jobyard.node.process.Troubles");
    var said = new ListAppender<ILoggingEvent>();
    said.start();
    troubles.addAppender(said);
    try (var node = new RunningNode(dir, UnaryOperator.identity(), queue("default", 1, 1))) {
      long begun = System.nanoTime();
      node.pushMany("default", "halt", "{\"code\":3}", DEADLY);

      waiting("the trouble to be seen")
          .until(() -> node.workers().troubles().containsKey("default"));
      waiting("all of them to fail").until(() -> node.status("default").failed() == DEADLY);
      // Three may die at once; from then on each waits, at least 0.8 s and 1.6 s.
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
      UUID good = node.push("default", "nothing", "{}");
      assertThat(node.awaitEnd(good).state()).isEqualTo(JobState.SUCCEEDED);
      waiting("the trouble to be over").until(() -> node.workers().troubles().isEmpty());
    } finally {
      troubles.detachAppender(said);
    }
    assertThat(at(said, Level.ERROR))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .contains("workers die before they finish a job")
                .contains("exited with code 3"));
    assertThat(at(said, Level.INFO)).containsExactly("queue default: workers come up again");
  }

  private static List<String> at(ListAppender<ILoggingEvent> said, Level level) {
    return said.list.stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
