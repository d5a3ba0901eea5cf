package io.jobyard.node.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be foreseen ends an attempt, and no more than that. */
@Timeout(60)
final class GenerationsTest {
  private final FakeRanks queue = new FakeRanks("default");
  @TempDir private Path base;
  private Path jar;
  private Generations generations;

  @BeforeEach
  void start() throws IOException {
    jar = Files.write(base.resolve("app.jar"), Variant.jar("1"));
    var code = new CodeStore(base.resolve("run"), base, List.of("app.jar"), List.of());
    generations = new Generations(code, false, generation -> {}, InstantSource.system());
    generations.start(List.of(queue));
  }

  @AfterEach
  void stop() {
    generations.close();
  }

  @Test
  void aJarThatCannotBeUnpackedKeepsTheOldCode() throws Exception {
    byte[] good = Files.readAllBytes(jar);
    var boot = new TreeMap<String, byte[]>();
    boot.put(
        "META-INF/MANIFEST.MF",
        "Manifest-Version: 1.0\r\nSpring-Boot-Classes: BOOT-INF/classes/\r\n\r\n".getBytes(UTF_8));
    boot.put("BOOT-INF/lib/no\0path.jar", new byte[] {1});
    Files.write(jar, Zip.of(boot));

    Reloads kept = generations.reload();

    assertThat(kept.result()).isEqualTo("kept");
    assertThat(kept.generation()).isEqualTo(1);
    assertThat(kept.reason()).contains("InvalidPathException");
    Files.write(jar, good);
    assertThat(generations.reload().result()).isEqualTo("reloaded");
  }

  @Test
  void aQueueThatCannotTryKeepsTheOldCode() throws Exception {
    queue.thrown = new IllegalStateException("a mistake in here");

    Reloads kept = generations.reload();

    assertThat(kept.result()).isEqualTo("kept");
    assertThat(kept.reason()).contains("a mistake in here");
    queue.thrown = null;
    assertThat(generations.reload().generation()).isEqualTo(3);
    assertThat(generations.current().number()).isEqualTo(3);
  }
}
