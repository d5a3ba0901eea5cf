package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.NewJob;
import io.jobyard.store.Settlement;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class QueueCommandsTest {
  private StoreFixture yard;

  @BeforeEach
  void open(@TempDir Path folder) {
    yard = new StoreFixture(folder);
  }

  @AfterEach
  void close() {
    yard.close();
  }

  @Test
  void statusCountsEachJobOnce() {
    yard.push("mail");
    yard.push("mail");
    yard.run("push", "x", "--queue", "mail", "--delay", "1h");
    yard.end("mail", JobState.FAILED);

    Ran ran = yard.run("queue", "status", "--queue", "mail", "--json");
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    JsonNode mail = ran.json().at("/queues/0");
    assertThat(mail.propertyNames())
        .containsExactly(
            "queue",
            "paused",
            "consumers",
            "ready",
            "scheduled",
            "running",
            "succeeded",
            "failed",
            "cancelled",
            "forgotten",
            "oldest_ready_ms");
    assertThat(mail.get("ready").asInt()).isEqualTo(1);
    assertThat(mail.get("scheduled").asInt()).isEqualTo(1);
    assertThat(mail.get("failed").asInt()).isEqualTo(1);
    assertThat(mail.get("consumers").asInt()).isEqualTo(1);
    assertThat(yard.run("queue:status").out())
        .startsWith("QUEUE    CONSUMERS  READY  SCHEDULED")
        .containsPattern("\nmail +1 +1 +1 +0 +0 +1 ");
  }

  @Test
  void statusShowsConfiguredQueuesBeforeTheFirstPush() {
    JsonNode status = yard.run("queue", "status", "--json", "--queue", "other").json();
    assertThat(status.at("/queues/0/queue").asString()).isEqualTo("other");
    assertThat(yard.run("queue", "status").out()).contains("\ndefault ");
  }

  @Test
  void failedTellsWhyAndPages() {
    for (int i = 0; i < 3; i++) {
      yard.push("mail");
      yard.end("mail", JobState.FAILED);
    }
    JsonNode first = yard.run("queue", "failed", "--limit", "2", "--json").json();
    assertThat(first.get("jobs").size()).isEqualTo(2);
    JsonNode job = first.at("/jobs/0");
    assertThat(job.propertyNames())
        .containsExactly("id", "queue", "kind", "payload", "failed_at", "attempts", "errors");
    assertThat(job.at("/payload/userId").asInt()).isEqualTo(42);
    assertThat(job.at("/errors/0/type").asString()).isEqualTo("exception");
    assertThat(job.at("/errors/0").propertyNames())
        .containsExactly("type", "class", "message", "stack", "at", "node", "worker_pid");

    String next = first.get("next").asString();
    JsonNode rest = yard.run("queue", "failed", "--limit", "2", "--json", "--next", next).json();
    assertThat(rest.get("jobs").size()).isEqualTo(1);
    assertThat(rest.has("next")).isFalse();
    assertThat(yard.run("queue", "failed").out())
        .contains("TYPE       MESSAGE")
        .contains("exception  no route\n");
  }

  @Test
  void retryTakesIdsOrQueues() {
    String one = yard.push("mail");
    yard.end("mail", JobState.FAILED);
    yard.push("mail");
    yard.end("mail", JobState.CANCELLED);

    assertThat(yard.run("queue", "retry", one).out()).isEqualTo("retried 1 job\n");
    Ran again = yard.run("queue", "retry", one);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("retried 0 of 1 jobs");
    assertThat(yard.run("queue", "retry", "--all").out()).isEqualTo("retried 0 jobs\n");
    assertThat(yard.run("queue", "retry", "--all", "--state", "cancelled", "--json").json())
        .hasToString("{\"retried\":1}");
    assertThat(yard.run("queue", "retry").code()).isEqualTo(2);
    assertThat(yard.run("queue", "retry", "--all", "--state", "ready").code()).isEqualTo(2);
  }

  @Test
  void forgetLeavesWaitingJobsUnlessNamed() {
    yard.push("mail");
    String waiting = yard.push("mail");
    yard.settle(yard.lease("mail"), new Settlement.End(JobState.FAILED));

    assertThat(yard.run("queue", "forget", "--queue", "mail").out()).isEqualTo("forgotten 1 job\n");
    assertThat(yard.run("job", "show", waiting).code()).isZero();
    assertThat(yard.run("queue", "forget", waiting).out()).isEqualTo("forgotten 1 job\n");
    assertThat(yard.run("job", "show", waiting).code()).isEqualTo(1);
  }

  @Test
  void cleanNeedsAYes() {
    yard.push("mail");
    Ran refused = yard.run("queue", "clean", "--queue", "mail");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("would remove up to 1 jobs for good; say --yes");

    Ran no = Ran.with(yard.folder, "n\n", true, "queue", "clean", "--all");
    assertThat(no.code()).isEqualTo(1);
    assertThat(no.err()).startsWith("Remove up to 1 jobs for good? [y/N]");

    Ran yes = Ran.with(yard.folder, "y\n", true, "queue", "clean", "--all");
    assertThat(yes.out()).isEqualTo("removed 1 job\n");
    assertThat(yard.run("queue", "clean", "--all", "--yes").out()).isEqualTo("removed 0 jobs\n");
  }

  @Test
  void retryOfManyGoesOnInBatches() {
    for (int i = 0; i < 1_100; i++) {
      yard.store.push(List.of(NewJob.of(new UUID(7, i), "mail", "k", new byte[] {'1'})));
      yard.end("mail", JobState.FAILED);
    }
    assertThat(yard.run("queue", "retry", "--all").out()).isEqualTo("retried 1100 jobs\n");
  }

  @Test
  void pauseHoldsJobsBackUntilResume() {
    assertThat(yard.run("queue", "pause", "--queue", "mail").out()).isEqualTo("paused mail\n");
    assertThat(
            yard.run("queue", "status", "--queue", "mail", "--json").json().at("/queues/0/paused"))
        .hasToString("true");
    assertThat(yard.run("queue:resume", "--queue", "mail", "--json").json())
        .hasToString("{\"paused\":false,\"queues\":[\"mail\"]}");
    assertThat(yard.run("queue", "pause").code()).isEqualTo(2);
    assertThat(yard.run("queue", "pause", "--queue", "a b").code()).isEqualTo(1);
  }
}
