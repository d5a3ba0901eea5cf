package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that name the worker that must run them. */
final class SlotTest {
  private static final int PROCESSES = 3;
  private static final int EACH = 8;

  @TempDir private Path dir;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aSlotsJobsRunInItsProcessAlsoInTheNextOne(Mode mode) throws Exception {
    try (var node =
        new RunningNode(dir, UnaryOperator.identity(), in(mode, queue("pinned", PROCESSES, 1)))) {
      for (int i = 0; i < EACH; i++) {
        for (int slot = 0; slot < PROCESSES; slot++) {
          push(node, slot);
        }
      }
      waiting("all to run")
          .atMost(Duration.ofMinutes(2))
          .until(() -> node.status("pinned").succeeded() == EACH * PROCESSES);
      Set<String> all = new HashSet<>();
      for (int slot = 0; slot < PROCESSES; slot++) {
        all.add(process(slot));
      }
      assertThat(all).hasSize(PROCESSES);

      // A slot that does not exist is counted round.
      assertThat(node.awaitEnd(push(node, 7 * PROCESSES + 1, "far")).state())
          .isEqualTo(JobState.SUCCEEDED);
      assertThat(lines(dir.resolve("far"))).containsExactly(process(1));

      String first = process(1);
      assertThat(ProcessHandle.of(Long.parseLong(first)).orElseThrow().destroyForcibly()).isTrue();
      node.awaitEnd(push(node, 1, "after"));
      assertThat(lines(dir.resolve("after"))).hasSize(1).isNotEqualTo(List.of(first));
      assertThat(all).doesNotContain(lines(dir.resolve("after")).getFirst());
    }
  }

  private UUID push(RunningNode node, int slot) {
    return push(node, slot, "slot-" + slot);
  }

  private UUID push(RunningNode node, int slot, String file) {
    UUID id = UUID.randomUUID();
    String json = "{\"file\":\"%s\",\"kilobytes\":0}".formatted(dir.resolve(file));
    node.store.push(
        List.of(
            new NewJob(
                id,
                null,
                "pinned",
                "leak",
                Payload.json(json.getBytes(StandardCharsets.UTF_8)),
                NewJob.Due.NOW,
                0,
                slot,
                false,
                JobSettings.NONE,
                null,
                null,
                null,
                null)));
    return id;
  }

  /** The one process that ran all of a slot's jobs. */
  private String process(int slot) throws Exception {
    List<String> ran = lines(dir.resolve("slot-" + slot));
    assertThat(ran).hasSize(EACH);
    assertThat(Set.copyOf(ran)).hasSize(1);
    return ran.getFirst();
  }
}
