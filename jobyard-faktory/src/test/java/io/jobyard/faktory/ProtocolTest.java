package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.JobView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ProtocolTest {
  private final Listening server =
      new Listening(
          "memory:" + UUID.randomUUID(),
          c ->
              c.queue("slow", q -> q.backoff(Backoff.fixed(Duration.ofHours(1))))
                  .queue("q", q -> q.backoff(Backoff.fixed(Duration.ofMillis(1)))),
          Listening.faktory(null, false),
          Listening.usual());

  @AfterEach
  void stop() {
    server.close();
  }

  private Client worker() throws IOException {
    return Client.worker(server.port(), "worker-1");
  }

  @Test
  void aJobGoesToAWorkerAsItWasPushed() throws IOException {
    try (Client producer = Client.producer(server.port());
        Client worker = worker()) {
      assertThat(producer.hi).isEqualTo("+HI {\"v\":2}");
      producer.push(
          "{\"jid\":\"abcdefgh\",\"queue\":\"q\",\"jobtype\":\"Sum\",\"args\":[1,2.50,\"é\",{\"a\":[]}],"
              + "\"priority\":7,\"reserve_for\":90,\"retry\":3,\"backtrace\":5,"
              + "\"created_at\":\"2026-01-02T03:04:05Z\",\"custom\":{\"locale\":\"zh\"}}");
      String sent = worker.say("FETCH other q");
      assertThat(sent).contains("\"args\":[1,2.50,\"é\",{\"a\":[]}],");
      JsonNode job = Client.JSON.readTree(sent.substring(1));
      assertThat(job.path("jid").asString()).isEqualTo("abcdefgh");
      assertThat(job.path("queue").asString()).isEqualTo("q");
      assertThat(job.path("jobtype").asString()).isEqualTo("Sum");
      assertThat(job.path("priority").asInt()).isEqualTo(7);
      assertThat(job.path("reserve_for").asInt()).isEqualTo(90);
      assertThat(job.path("retry").asInt()).isEqualTo(3);
      assertThat(job.path("backtrace").asInt()).isEqualTo(5);
      assertThat(job.path("created_at").asString()).isEqualTo("2026-01-02T03:04:05Z");
      assertThat(Instant.parse(job.path("enqueued_at").asString())).isBefore(Instant.now());
      assertThat(job.path("custom").toString()).isEqualTo("{\"locale\":\"zh\"}");
      assertThat(job.has("failure")).isFalse();
      assertThat(server.jobs("q", JobState.RUNNING)).hasSize(1);
      worker.ack("abcdefgh");
      assertThat(server.jobs("q")).isEmpty();
      assertThat(server.status("q").succeeded()).isEqualTo(1);
    }
  }

  @Test
  void whatAJobLeavesOutIsAsTheProtocolSays() throws IOException {
    try (Client client = worker()) {
      client.push("{\"jid\":\"defaults1\",\"jobtype\":\"T\",\"args\":[]}");
      JsonNode job = client.job("default");
      assertThat(job.path("queue").asString()).isEqualTo("default");
      assertThat(job.path("priority").asInt()).isEqualTo(5);
      assertThat(job.path("reserve_for").asInt()).isEqualTo(1800);
      assertThat(job.path("retry").asInt()).isEqualTo(25);
      assertThat(job.path("args").toString()).isEqualTo("[]");
      assertThat(Duration.between(Instant.parse(job.path("created_at").asString()), Instant.now()))
          .isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(20));
    }
  }

  @Test
  void aFetchWaitsForAJobAndThenSaysThatThereIsNone() throws Exception {
    try (Client worker = worker();
        Client producer = Client.producer(server.port())) {
      long begin = System.nanoTime();
      assertThat(worker.fetch("q")).isNull();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(15));
      worker.send("FETCH q\r\n");
      Listening.waiting("the worker to be heard")
          .until(() -> server.server.workers().getFirst().wid().equals("worker-1"));
      producer.push("{\"jid\":\"woken-up\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(worker.read()).contains("\"jid\":\"woken-up\"");
    }
  }

  @Test
  void queuesGoInTheOrderOfTheFetchAndJobsByPriority() throws IOException {
    try (Client client = worker()) {
      client.push(
          "{\"jid\":\"last-job\",\"queue\":\"b\",\"jobtype\":\"T\",\"args\":[],\"priority\":9}");
      client.push(
          "{\"jid\":\"second-1\",\"queue\":\"a\",\"jobtype\":\"T\",\"args\":[],\"priority\":4}");
      client.push(
          "{\"jid\":\"first-01\",\"queue\":\"a\",\"jobtype\":\"T\",\"args\":[],\"priority\":6}");
      assertThat(client.job("a b").path("jid").asString()).isEqualTo("first-01");
      assertThat(client.job("a b").path("jid").asString()).isEqualTo("second-1");
      assertThat(client.job("a b").path("jid").asString()).isEqualTo("last-job");
    }
  }

  @Test
  void aFailedJobComesAgainAndSaysWhy() throws IOException {
    try (Client client = worker()) {
      client.push(
          "{\"jid\":\"failing1\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[],\"retry\":1}");
      client.job("q");
      assertThat(
              client.say(
                  "FAIL {\"jid\":\"failing1\",\"errtype\":\"TypeError\",\"message\":\"no such"
                      + " thing\",\"backtrace\":[\"at a\",\"at b\"]}"))
          .isEqualTo("+OK");
      JsonNode again = client.job("q");
      JsonNode failure = again.path("failure");
      assertThat(failure.path("retry_count").asInt()).isZero();
      assertThat(failure.path("remaining").asInt()).isEqualTo(1);
      assertThat(failure.path("errtype").asString()).isEqualTo("TypeError");
      assertThat(failure.path("message").asString()).isEqualTo("no such thing");
      assertThat(failure.path("backtrace").toString()).isEqualTo("[\"at a\",\"at b\"]");
      assertThat(client.say("FAIL {\"jid\":\"failing1\"}")).isEqualTo("+OK");
      JobView dead = server.jobs("q", JobState.FAILED).getFirst();
      assertThat(dead.errors()).hasSize(2);
      assertThat(dead.errors().getFirst().type()).isEqualTo(FailureType.EXCEPTION);
      assertThat(dead.errors().getFirst().workerPid()).isEqualTo(7);
      assertThat(dead.errors().getLast().message()).isEqualTo("unknown");
    }
  }

  @Test
  void aJobThatMayNotBeRetriedIsDeadAtOnce() throws IOException {
    try (Client client = worker()) {
      client.push(
          "{\"jid\":\"only-once\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[],\"retry\":-1}");
      assertThat(client.job("q").path("retry").asInt()).isEqualTo(-1);
      assertThat(client.say("FAIL {\"jid\":\"only-once\"}")).isEqualTo("+OK");
      assertThat(server.jobs("q", JobState.FAILED)).hasSize(1);
    }
  }

  @Test
  void aJobWaitsForItsTime() throws IOException {
    try (Client client = worker()) {
      String due = Instant.now().plusMillis(700).toString();
      client.push(
          "{\"jid\":\"later-on\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[],\"at\":\""
              + due
              + "\"}");
      assertThat(server.jobs("q", JobState.SCHEDULED)).hasSize(1);
      assertThat(client.job("q").path("jid").asString()).isEqualTo("later-on");
      assertThat(Instant.now()).isAfter(Instant.parse(due));
      assertThat(
              client.say(
                  "PUSH {\"jid\":\"no-such-time\",\"jobtype\":\"T\",\"args\":[],\"at\":\"soon\"}"))
          .startsWith("-ERR invalid timestamp for 'at': 'soon'");
    }
  }

  @Test
  void manyJobsArePushedAndTheBadOnesNamed() throws IOException {
    try (Client client = worker()) {
      String answer =
          client.say(
              "PUSHB [{\"jid\":\"bulk-001\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[1]},"
                  + "{\"jid\":\"bulk-002\",\"queue\":\"q\",\"args\":[]},"
                  + "{\"jid\":\"bulk-003\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":{},\"priority\":\"x\"},"
                  + "{\"jid\":\"bulk-004\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[4]}]");
      JsonNode flaws = Client.JSON.readTree(answer.substring(1));
      assertThat(flaws.size()).isEqualTo(2);
      assertThat(flaws.path("bulk-002").asString()).contains("jobtype");
      assertThat(flaws.path("bulk-003").asString()).contains("args must be an array");
      assertThat(client.job("q").path("args").toString()).isEqualTo("[1]");
      assertThat(client.job("q").path("args").toString()).isEqualTo("[4]");
      assertThat(client.say("PUSHB []")).isEqualTo("${}");
    }
  }

  @Test
  void theSameJobIsPushedOnce() throws IOException {
    try (Client client = worker()) {
      String job = "{\"jid\":\"same-jid\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}";
      client.push(job);
      client.push(job);
      client.job("q");
      client.push(job);
      assertThat(server.jobs("q")).hasSize(1);
    }
  }

  @Test
  void aBeatBringsTheOrderToStop() throws IOException {
    try (Client client = worker()) {
      assertThat(client.say("BEAT {\"wid\":\"worker-1\",\"rss_kb\":54176}")).isEqualTo("+OK");
      assertThat(server.server.workers().getFirst().rssKb()).isEqualTo(54_176);
      assertThat(server.server.ask("worker-1", WorkerState.QUIET)).isTrue();
      assertThat(client.say("BEAT {\"wid\":\"worker-1\"}")).isEqualTo("${\"state\":\"quiet\"}");
      client.push("{\"jid\":\"not-yours\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(client.fetch("q")).isNull();
      assertThat(server.server.ask("worker-1", WorkerState.TERMINATE)).isTrue();
      assertThat(server.server.ask("worker-1", WorkerState.QUIET)).isTrue();
      assertThat(client.say("BEAT {\"wid\":\"worker-1\"}")).isEqualTo("${\"state\":\"terminate\"}");
      assertThat(client.say("BEAT {\"wid\":\"nobody\"}")).isEqualTo("-ERR unknown worker nobody");
      assertThat(server.server.ask("nobody", WorkerState.QUIET)).isFalse();
    }
  }

  @Test
  void infoIsInTheShapeThatClientsKnow() throws IOException {
    try (Client client = worker()) {
      client.push("{\"jid\":\"for-info\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      JsonNode info = client.json("INFO");
      assertThat(info.path("faktory").path("total_enqueued").asInt()).isEqualTo(1);
      assertThat(info.path("faktory").path("queues").path("q").asInt()).isEqualTo(1);
      assertThat(info.path("faktory").path("tasks").path("Workers").path("size").asInt())
          .isEqualTo(1);
      assertThat(info.path("server").path("connections").asInt()).isEqualTo(1);
      assertThat(info.path("server").path("command_count").asInt()).isEqualTo(2);
      assertThat(info.path("server_utc_time").asString()).endsWith(" UTC");
    }
  }

  @Test
  void onlyAnAdministratorsServerFlushes() throws IOException {
    try (Client client = worker()) {
      assertThat(client.say("FLUSH")).startsWith("-ERR FLUSH is off; set faktory.admin");
    }
    try (Listening admin =
            new Listening(
                "memory:" + UUID.randomUUID(),
                c -> c,
                Listening.faktory(null, true),
                Listening.usual());
        Client client = Client.worker(admin.port(), "w")) {
      client.push("{\"jid\":\"to-flush\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(client.say("FLUSH")).isEqualTo("+OK");
      assertThat(admin.jobs("q")).isEmpty();
    }
  }

  @Test
  void anEndIsAnsweredBeforeTheServerHangsUp() throws IOException {
    try (Client client = worker()) {
      assertThat(client.say("END")).isEqualTo("+OK");
      assertThat(client.read()).isEmpty();
    }
  }

  @Test
  void onlyWhoHoldsAJobCanEndIt() throws IOException {
    try (Client one = worker();
        Client other = Client.worker(server.port(), "worker-2")) {
      one.push("{\"jid\":\"mine-only\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      one.job("q");
      other.ack("mine-only");
      assertThat(other.say("FAIL {\"jid\":\"mine-only\"}"))
          .isEqualTo("-ERR Job not found mine-only");
      assertThat(server.jobs("q", JobState.RUNNING)).hasSize(1);
      // The same worker over another of its connections.
      try (Client same = worker()) {
        same.ack("mine-only");
      }
      assertThat(server.jobs("q")).isEmpty();
    }
  }

  @Test
  void aCancelledJobIsNoLongerItsWorkers() throws IOException {
    try (Client client = worker()) {
      client.push("{\"jid\":\"unwanted\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      client.job("q");
      server.store.cancel(Set.of(server.jobs("q").getFirst().id()));
      Listening.waiting("the cancel").until(() -> server.jobs("q", JobState.CANCELLED).size() == 1);
      client.ack("unwanted");
      assertThat(server.jobs("q", JobState.CANCELLED)).hasSize(1);
    }
  }

  @Test
  void theQueuesItsWorkersAskForHaveAConsumer() throws IOException {
    try (Client client = worker()) {
      client.push("{\"jid\":\"consumed\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      client.job("q");
      Listening.waiting("the new session").until(() -> server.status("q").consumers() == 1);
      client.ack("consumed");
      assertThat(server.status("q").succeeded()).isEqualTo(1);
      Listening.waiting("the old one to leave").until(() -> server.store.nodes().size() == 1);
      assertThat(server.store.nodes().getFirst().queues()).containsExactly("q");
    }
  }

  @Test
  void setsAreChangedByFilters() throws IOException {
    try (Client client = worker()) {
      for (String kind : List.of("A", "B", "C")) {
        client.push(
            "{\"jid\":\"scheduled-%s\",\"queue\":\"slow\",\"jobtype\":\"%s\",\"args\":[\"uid:%s\"],\"at\":\"2099-01-01T00:00:00Z\"}"
                .formatted(kind, kind, kind));
        client.push(
            "{\"jid\":\"retried-%s\",\"queue\":\"slow\",\"jobtype\":\"%s\",\"args\":[]}"
                .formatted(kind, kind));
        String jid = client.job("slow").path("jid").asString();
        assertThat(client.say("FAIL {\"jid\":\"" + jid + "\"}")).isEqualTo("+OK");
      }
      String mutate = "MUTATE {\"cmd\":\"%s\",\"target\":\"%s\",\"filter\":%s}";
      assertThat(client.say(mutate.formatted("kill", "scheduled", "{\"regexp\":\"*uid:A*\"}")))
          .isEqualTo("+OK");
      assertThat(names(JobState.CANCELLED)).containsExactly("scheduled-A");
      assertThat(
              client.say(mutate.formatted("discard", "scheduled", "{\"jids\":[\"scheduled-B\"]}")))
          .isEqualTo("+OK");
      assertThat(client.say(mutate.formatted("requeue", "retries", "{\"jobtype\":\"C\"}")))
          .isEqualTo("+OK");
      assertThat(client.job("slow").path("jid").asString()).isEqualTo("retried-C");
      assertThat(client.say(mutate.formatted("requeue", "dead", "{}"))).isEqualTo("+OK");
      assertThat(client.job("slow").path("jid").asString()).isEqualTo("scheduled-A");
      assertThat(names(JobState.SCHEDULED))
          .containsExactlyInAnyOrder("scheduled-C", "retried-A", "retried-B");
      assertThat(client.say("MUTATE {\"cmd\":\"clear\",\"target\":\"retries\"}")).isEqualTo("+OK");
      assertThat(names(JobState.SCHEDULED)).containsExactly("scheduled-C");
      assertThat(client.say(mutate.formatted("kill", "everything", "{}")))
          .startsWith("-ERR invalid target");
      assertThat(client.say(mutate.formatted("eat", "dead", "{}")))
          .startsWith("-ERR unknown mutate");
    }
  }

  private List<String> names(JobState state) {
    return server.jobs("slow", state).stream()
        .map(JobView::externalId)
        .map(String::valueOf)
        .toList();
  }
}
