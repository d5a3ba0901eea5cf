package io.jobyard.node;

import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.onStart;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.OnStart;
import io.jobyard.Services;
import io.jobyard.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that do not come up: the queue backs off, says why, and recovers. */
final class BadStartTest {
  @TempDir private Path dir;

  /** Fails unless a file is there; the working directory is the configuration's. */
  static final class NeedsFile implements OnStart {
    @Override
    public void start(Services services) throws Exception {
      Path tries = Path.of("tries");
      Files.writeString(tries, "try\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      if (!Files.exists(Path.of("needed"))) {
        throw new IllegalStateException("the file 'needed' is missing");
      }
    }
  }

  @Test
  void aBrokenQueueBacksOffRecoversAndDisturbsNobody() throws Exception {
    try (var node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            onStart(queue("broken", 1, 1), NeedsFile.class.getName()),
            queue("well", 1, 1),
            onStart(queue("misspelt", 1, 1), "com.acme.Boott"))) {
      UUID held = node.push("broken", "nothing", "{}");
      waiting("the reason to show")
          .until(() -> node.workers().troubles().getOrDefault("broken", "").contains("'needed'"));
      waiting("the other reason to show")
          .until(() ->
              node.workers()
                  .troubles()
                  .getOrDefault("misspelt", "")
                  .contains("com.acme.Boott is not on the class path"));
      assertThat(node.awaitEnd(node.push("well", "nothing", "{}")).state())
          .isEqualTo(JobState.SUCCEEDED);
      assertThat(lines(dir.resolve("tries"))).hasSizeLessThan(5);

      Files.createFile(dir.resolve("needed"));

      assertThat(node.awaitEnd(held).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(node.workers().troubles()).doesNotContainKey("broken");
    }
  }

  @Test
  void aClassPathThatIsNotThereIsSaidAtOnce() {
    assertThatThrownBy(() ->
            new RunningNode(
                dir,
                config ->
                    new Config(
                        config.base(),
                        config.node(),
                        config.store(),
                        config.env(),
                        List.of("build/app.jar"),
                        config.onStart(),
                        config.watch(),
                        config.aot(),
                        config.runDir(),
                        config.log(),
                        config.lease(),
                        config.stopTimeout(),
                        config.pushTimeout(),
                        config.pushBuffer(),
                        config.migrate(),
                        config.tables(),
                        null,
                        config.queues()),
                queue("default", 1, 1)))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("classpath: build/app.jar does not exist")
        .hasMessageContaining(dir.toString());
  }
}
