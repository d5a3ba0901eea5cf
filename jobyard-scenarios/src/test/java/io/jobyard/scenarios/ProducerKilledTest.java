package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.testing.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer killed in the middle of a batch leaves the whole batch or nothing of it. */
class ProducerKilledTest {
  private static final int ROUNDS = 5;

  private final Random random = new Random(4711);
  @TempDir private Path dir;

  @Test
  void aBatchIsStoredWholeOrNotAtAllAndAllThatWasAcknowledged() throws Exception {
    try (Scene scene = new Scene(dir)) {
      Map<String, Integer> acknowledged = new HashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        acknowledged.put("p" + round, produceAndKill(scene, "p" + round));
      }
      Map<String, Integer> stored = batches(scene);
      assertThat(stored.values()).isNotEmpty().allMatch(size -> size == ProducerMain.BATCH);
      acknowledged.forEach((name, last) -> {
        for (int batch = 1; batch <= last; batch++) {
          assertThat(stored).containsKey(name + "-" + batch);
        }
      });
    }
  }

  /** Says which batch was acknowledged last. */
  private int produceAndKill(Scene scene, String name) throws IOException, InterruptedException {
    Process producer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ProducerMain.class.getName(),
                scene.url,
                name)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = producer.inputReader(StandardCharsets.UTF_8)) {
      int last = 0;
      int killAfter = random.nextInt(1, 6);
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("\\d+")) {
          last = Integer.parseInt(line);
        }
        if (last >= killAfter) {
          Signal.KILL.send(producer.pid());
        }
      }
      producer.waitFor();
      return last;
    }
  }

  private static Map<String, Integer> batches(Scene scene) {
    Map<String, Integer> sizes = new HashMap<>();
    String next = null;
    do {
      JobPage page = scene.store.list(JobFilter.of(Scene.QUEUE), next, 10_000);
      page.jobs()
          .forEach(job -> {
            List<String> words =
                List.of(new String(job.payload().bytes(), StandardCharsets.UTF_8).split("\""));
            sizes.merge(words.get(3), 1, Integer::sum);
          });
      next = page.next();
    } while (next != null);
    return sizes;
  }
}
