package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.http.Running.Answer;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsTest {
  private static Running running;

  @BeforeAll
  static void open() {
    running = Running.open();
  }

  @AfterAll
  static void close() {
    running.close();
  }

  private static UUID pushed(String job) {
    Answer answer = running.post("/api/v1/jobs", job);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private static JobView stored(UUID id) {
    return running.store.find(List.of(id)).getFirst();
  }

  @Test
  void aPushSaysAllThatAJavaPushCan() {
    UUID id =
        pushed(
            """
            {"kind": "send-welcome", "payload": {"userId": 42}, "queue": "mail", "delay": "1h",
             "retries": 5, "backoff": "1s, 5s", "timeout": "2m", "retry_timeouts": true,
             "priority": "high", "worker": 2, "external_id": "order-7", "meta": {"trace": "x"}}
            """);
    JobView job = stored(id);
    assertThat(job.kind()).isEqualTo("send-welcome");
    assertThat(job.queue()).isEqualTo("mail");
    assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
    assertThat(Duration.between(job.pushedAt(), job.runAt())).isEqualTo(Duration.ofHours(1));
    assertThat(job.settings().retries()).isEqualTo(5);
    assertThat(job.settings().timeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(job.settings().retryTimeouts()).isTrue();
    assertThat(job.priority()).isEqualTo(-10);
    assertThat(job.slot()).isEqualTo(2);
    assertThat(job.externalId()).isEqualTo("order-7");
    assertThat(job.meta()).isEqualTo("{\"trace\": \"x\"}");
    assertThat(running.get("/api/v1/jobs/" + id).json().get("backoff").asString())
        .isEqualTo("1s, 5s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": 1.50, \"b\": [1,  2]}",
        "12 ",
        "-1e400",
        "123456789012345678901234567890",
        "\"ü \\u00fc \\\"\"",
        "null",
        "true",
        "[]"
      })
  void aPayloadIsKeptAsItWasWritten(String payload) {
    UUID id = pushed("{\"kind\": \"k\", \"payload\":" + payload + ", \"queue\": \"p\"}");
    assertThat(new String(stored(id).payload().bytes(), StandardCharsets.UTF_8))
        .isEqualTo(payload.strip());
    assertThat(pushed("{\"kind\":\"k\",\"payload\":" + payload + "}")).isNotNull();
  }

  @Test
  void aBatchIsStoredAsAWholeOrNotAtAll() {
    Answer bad =
        running.post(
            "/api/v1/jobs/batch",
            "{\"jobs\": [{\"kind\": \"one\", \"queue\": \"whole\"}, {\"kind\": \"two\","
                + " \"queue\": \"whole\", \"worker\": -1}]}");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(bad.json().get("field").asString()).isEqualTo("jobs[1].worker");
    assertThat(bad.detail()).isEqualTo("jobs[1].worker must be 0 to 9999, got -1");
    assertThat(running.store.list(JobFilter.of("whole"), null, 10).jobs()).isEmpty();
  }

  @Test
  void theSameKeyPushesOnce() {
    String job = "{\"kind\": \"once\", \"queue\": \"once\"}";
    Answer first = running.post("/api/v1/jobs", job, "Idempotency-Key", "k1");
    Answer again = running.post("/api/v1/jobs", job, "Idempotency-Key", "k1");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(running.store.list(JobFilter.of("once"), null, 10).jobs()).hasSize(1);
    Answer other = running.post("/api/v1/jobs", "{\"kind\": \"two\"}", "Idempotency-Key", "k1");
    assertThat(other.status()).isEqualTo(422);
  }

  @Test
  void aJobIsCancelledRetriedAndForgotten() {
    UUID id = pushed("{\"kind\": \"k\", \"queue\": \"life\"}");
    String path = "/api/v1/jobs/" + id;
    assertThat(running.post(path + "/cancel").json().get("answer").asString())
        .isEqualTo("CANCELLED");
    assertThat(stored(id).state()).isEqualTo(JobState.CANCELLED);
    assertThat(running.post(path + "/retry").status()).isEqualTo(200);
    assertThat(running.post(path + "/retry").status()).isEqualTo(409);
    assertThat(stored(id).state()).isEqualTo(JobState.READY);
    assertThat(running.delete(path).status()).isEqualTo(204);
    assertThat(running.get(path).status()).isEqualTo(404);
    assertThat(running.delete(path).status()).isEqualTo(404);
    assertThat(running.audit)
        .anySatisfy(line ->
            assertThat(line)
                .startsWith("http.cancel who=\"local\" role=admin from=127.0.0.1")
                .contains(id.toString()));
  }

  @Test
  void waitingEndsWithTheJob() throws Exception {
    UUID id = pushed("{\"kind\": \"k\", \"queue\": \"wait\"}");
    assertThat(running.get("/api/v1/jobs/" + id + "/wait?timeout=10ms").status()).isEqualTo(202);
    var answer = CompletableFuture.supplyAsync(() -> running.get("/api/v1/jobs/" + id + "/wait"));
    succeed("wait", "{\"ok\": true, \"token\": \"x\"}");
    Answer end = answer.get(20, TimeUnit.SECONDS);
    assertThat(end.status()).isEqualTo(200);
    assertThat(end.json().get("state").asString()).isEqualTo("SUCCEEDED");
    assertThat(end.json().at("/result/ok").asBoolean()).isTrue();
    assertThat(end.json().at("/result/token").asString()).isEqualTo("***");
  }

  private static void succeed(String queue, String result) {
    var session = running.store.join(new NodeInfo("n", 1, Set.of(queue)));
    var leased = running.store.lease(new LeaseRequest(session, queue, 1, 1 << 20, Set.of()));
    LeaseKey key = leased.leases().getFirst().key();
    running.store.settle(
        List.of(
            new Settlement(
                key,
                queue,
                new Settlement.Succeed(
                    result.getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1)),
                Counts.ZERO,
                Phase.RUN,
                List.of(),
                List.of(),
                List.of())));
  }

  @Test
  void pagesGoThroughAllThatIsSought() {
    for (int i = 0; i < 25; i++) {
      pushed("{\"kind\":\"page-%d\",\"queue\":\"pages\",\"payload\":{\"n\":%d}}".formatted(i, i));
    }
    List<String> kinds = new ArrayList<>();
    String next = "";
    do {
      Answer page = running.get("/api/v1/jobs?queue=pages&limit=10" + next);
      assertThat(page.status()).as(page.body()).isEqualTo(200);
      page.json().get("jobs").forEach(job -> kinds.add(job.get("kind").asString()));
      String cursor = page.json().path("next").asString("");
      next = cursor.isEmpty() ? "" : "&next=" + cursor;
    } while (!next.isEmpty());
    assertThat(kinds).hasSize(25).doesNotHaveDuplicates().startsWith("page-24");
    assertThat(running.get("/api/v1/jobs?queue=pages&text=PAGE-7").json().get("jobs")).hasSize(1);
    assertThat(
            running
                .get("/api/v1/jobs?queue=pages&pushed_before=2020-01-01T00:00:00Z")
                .json()
                .get("jobs"))
        .isEmpty();
  }

  @Test
  void manyAreCancelledAfterALookAtHowMany() {
    for (int i = 0; i < 7; i++) {
      pushed("{\"kind\": \"bulk\", \"queue\": \"bulk\", \"payload\": {\"half\": " + i % 2 + "}}");
    }
    String filter = "{\"filter\": {\"queue\": \"bulk\", \"text\": \"half\\\": 1\"}";
    Answer preview = running.post("/api/v1/jobs/cancel", filter + ", \"dry_run\": true}");
    assertThat(preview.json().get("jobs").asInt()).as(preview.body()).isEqualTo(3);
    assertThat(running.post("/api/v1/jobs/cancel", filter + ", \"limit\": 2}").body())
        .isEqualTo("{\"jobs\":2,\"more\":true,\"dry_run\":false}");
    assertThat(running.store.list(JobFilter.of("bulk", JobState.CANCELLED), null, 10).jobs())
        .hasSize(2);
    assertThat(running.post("/api/v1/jobs/forget", "{\"filter\": {}}").status()).isEqualTo(400);
    assertThat(running.post("/api/v1/jobs/forget", "{\"filter\": {\"ids\": []}}").status())
        .isEqualTo(400);
    assertThat(
            running
                .post("/api/v1/jobs/forget", "{\"filter\": {\"queue\": \"bulk\"}}")
                .json()
                .get("jobs")
                .asInt())
        .isEqualTo(7);
  }

  @Test
  void secretsInPayloadsAreNotShown() {
    UUID id =
        pushed(
            "{\"kind\": \"k\", \"queue\": \"masked\", \"payload\": {\"user\": \"u\", \"Password\":"
                + " \"p\", \"deep\": [{\"apiKey\": 7}]}}");
    assertThat(running.get("/api/v1/jobs/" + id).body())
        .contains("{\"user\":\"u\",\"Password\":\"***\",\"deep\":[{\"apiKey\":\"***\"}]}");
    assertThat(running.get("/api/v1/jobs?queue=masked").body()).doesNotContain("\"p\"");
    assertThat(new String(stored(id).payload().bytes(), StandardCharsets.UTF_8)).contains("\"p\"");
  }

  @Test
  void queuesArePausedAndCleaned() {
    pushed("{\"kind\": \"k\", \"queue\": \"tidy\"}");
    assertThat(running.post("/api/v1/queues/tidy/pause").json().get("paused").asBoolean()).isTrue();
    assertThat(running.post("/api/v1/queues/tidy/resume").json().get("paused").asBoolean())
        .isFalse();
    assertThat(running.post("/api/v1/queues/tidy/clean", "{\"dry_run\": true}").body())
        .isEqualTo("{\"jobs\":1,\"dry_run\":true}");
    assertThat(running.post("/api/v1/queues/tidy/clean", "{\"states\": [\"READY\"]}").body())
        .isEqualTo("{\"jobs\":1,\"dry_run\":false}");
    assertThat(running.get("/api/v1/queues/tidy").json().get("forgotten").asInt()).isEqualTo(1);
    assertThat(running.get("/api/v1/queues/nowhere").status()).isEqualTo(404);
  }
}
