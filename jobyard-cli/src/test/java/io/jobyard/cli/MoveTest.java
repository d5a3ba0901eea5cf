package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code jobyard move}, from one file to another. */
class MoveTest {
  @TempDir Path folder;
  private String from = "";
  private String to = "";
  private MoveYard source;

  @BeforeEach
  void open() throws IOException {
    from = "sqlite:" + folder.resolve("from.db");
    to = "sqlite:" + folder.resolve("to.db");
    Files.writeString(folder.resolve("jobyard.yaml"), "store: " + from + "\n");
    source = new MoveYard(Stores.open(from, StoreOptions.defaults()));
  }

  @AfterEach
  void close() {
    source.store.close();
  }

  private Ran move(String... more) {
    List<String> all = new ArrayList<>(List.of("move", "--from", from, "--to", to));
    all.addAll(List.of(more));
    return Ran.in(folder, all.toArray(String[]::new));
  }

  private QueueStatus status() {
    return source.store.queues().getFirst();
  }

  @Test
  void everythingComesAlongAndTheRestIsTold() {
    Lease failed = failed();
    source.push(1);
    Lease running = source.lease(1).getFirst();
    List<JobView> jobs = source.pushEverySort();

    Ran ran = move("--json");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).as("one still runs").isEqualTo(1);
    JsonNode document = ran.json();
    assertThat(document.get("moved").asInt()).isEqualTo(jobs.size());
    JsonNode queue = document.at("/queues/0");
    assertThat(queue.get("running_left").get(0).asString())
        .isEqualTo(running.key().id().toString());
    assertThat(queue.get("failed_left").asInt()).isEqualTo(1);
    assertThat(status().paused()).isFalse();
    assertThat(source.waiting()).isEmpty();
    try (JobStore store = Stores.open(to, StoreOptions.defaults())) {
      MoveYard target = new MoveYard(store);
      target.assertHas(jobs);
      assertThat(store.find(List.of(failed.key().id()))).isEmpty();
    }

    source.settle(running, new Settlement.Return(Duration.ZERO));
    Ran again = move("--retry-failed");
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("mail: 2 jobs").contains("moved 2 jobs from sqlite:");
    assertThat(status().failed()).isZero();
    try (JobStore store = Stores.open(to, StoreOptions.defaults())) {
      JobView retried = store.find(List.of(failed.key().id())).getFirst();
      assertThat(retried.state()).isEqualTo(JobState.READY);
      assertThat(retried.errors()).as("its history").hasSize(1);
    }
  }

  private Lease failed() {
    source.push(1);
    Lease lease = source.lease(1).getFirst();
    source.settle(lease, new Settlement.End(JobState.FAILED));
    return lease;
  }

  @Test
  void aDryRunChangesNothing() {
    List<JobView> jobs = source.pushEverySort();
    Ran ran = move("--dry-run");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("would move 5 jobs").contains("no tables yet");
    source.assertHas(jobs);
    assertThat(Files.exists(folder.resolve("to.db"))).isFalse();

    Stores.open(to, StoreOptions.defaults()).close();
    assertThat(move("--dry-run").out()).contains("would move 5 jobs").doesNotContain("no tables");
    source.assertHas(jobs);
  }

  @Test
  void aPausedQueueStaysPausedAndIsNamed() {
    source.push(3);
    source.store.pause(MoveYard.QUEUE, true);
    Ran ran = move("--queue", MoveYard.QUEUE);
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("stays so at the source");
    assertThat(status().paused()).isTrue();
    assertThat(source.waiting()).isEmpty();
  }

  @Test
  void whatCannotBeMovedIsRefused() throws IOException {
    List<JobView> jobs = source.pushEverySort();
    Files.createSymbolicLink(folder.resolve("link"), folder);
    to = "sqlite:" + folder.resolve("link/from.db");
    Ran same = move();
    assertThat(same.code()).isEqualTo(1);
    assertThat(same.err()).contains("are the same store");
    source.assertHas(jobs);
    assertThat(status().paused()).isFalse();

    to = "sqlite:" + folder.resolve("to.db");
    Ran unknown = move("--queue", "mial");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("the source has no queue 'mial'");

    Stores.open(to, new StoreOptions(folder, true, Duration.ofSeconds(5), "production", Map.of()))
        .close();
    Ran other = move();
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("environment 'production'").contains("nothing was moved");
    source.assertHas(jobs);
  }

  /** The target works meanwhile: what it has run before the second move must not run again. */
  @Test
  void killedInTheMiddleAndRepeatedNothingIsLostOrDoubled() throws Exception {
    List<UUID> pushed = source.push(20_000);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "move",
                "--from",
                from,
                "--to",
                to,
                "--config",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("move.log").toFile())
            .start();
    List<UUID> run = new ArrayList<>();
    try (JobStore store = Stores.open(to, StoreOptions.defaults())) {
      MoveYard target = new MoveYard(store);
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> {
            run.addAll(target.runSome());
            return run.size() >= 2_000 || !process.isAlive();
          });
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      run.addAll(target.drain());
      assertThat(source.waiting()).as("it was killed in the middle").isNotEmpty();
      assertThat(status().paused()).as("nobody may take what may be at the target").isTrue();
      source.store.pause(MoveYard.QUEUE, false);

      Ran ran = move();
      assertThat(ran.code()).as(ran.err()).isZero();
      run.addAll(target.drain());
      assertThat(run).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pushed);
      assertThat(store.list(JobFilter.of(null), null, 100).jobs()).as("receipts").isEmpty();
    }
  }
}
