package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Workers that say nothing any more. */
class SilenceTest {
  private static Listening server(Duration silence) {
    return new Listening(
        "memory:" + UUID.randomUUID(),
        c -> c.queue("q", q -> q.backoff(Backoff.fixed(Duration.ZERO))),
        Listening.faktory(null, false),
        Listening.tolerance(silence));
  }

  @Test
  void aDeadWorkersJobsRunElsewhere() throws IOException {
    try (Listening server = server(Duration.ofMillis(800));
        Client other = Client.worker(server.port(), "other")) {
      try (Client dying = Client.worker(server.port(), "dying")) {
        dying.push("{\"jid\":\"survives\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
        dying.job("q");
      }
      JsonNode again = other.fetch("q");
      while (again == null) {
        again = other.fetch("q");
      }
      assertThat(again.path("jid").asString()).isEqualTo("survives");
      assertThat(again.path("failure").path("errtype").asString()).isEqualTo("lost");
      assertThat(server.jobs("q").getFirst().counts().lost()).isEqualTo(1);
      other.ack("survives");
      assertThat(server.status("q").succeeded()).isEqualTo(1);
    }
  }

  @Test
  void aWorkerThatBeatsKeepsItsJobs() throws IOException {
    try (Listening server = server(Duration.ofMillis(800));
        Client slow = Client.worker(server.port(), "slow")) {
      slow.push("{\"jid\":\"long-one\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      slow.job("q");
      long begin = System.nanoTime();
      Listening.waiting("thrice the silence")
          .until(() -> {
            assertThat(slow.say("BEAT {\"wid\":\"slow\"}")).isEqualTo("+OK");
            return System.nanoTime() - begin > Duration.ofMillis(2_400).toNanos();
          });
      slow.ack("long-one");
      assertThat(server.status("q").succeeded()).isEqualTo(1);
    }
  }

  @Test
  void aSilentWorkerThatWakesChangesNothing() throws IOException {
    try (Listening server = server(Duration.ofMillis(500));
        Client frozen = Client.worker(server.port(), "frozen")) {
      frozen.push("{\"jid\":\"frozen-1\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      frozen.job("q");
      Listening.waiting("it to be given up")
          .until(() -> server.jobs("q", JobState.READY).size() == 1);
      assertThat(frozen.read()).isEmpty();
      try (Client back = Client.worker(server.port(), "frozen")) {
        back.ack("frozen-1");
        assertThat(back.say("FAIL {\"jid\":\"frozen-1\"}"))
            .isEqualTo("-ERR Job not found frozen-1");
      }
      assertThat(server.jobs("q", JobState.READY)).hasSize(1);
    }
  }

  @Test
  void aJobThatIsHeldTooLongTimesOut() throws IOException {
    try (Listening server = server(Listening.SILENCE);
        Client slow = Client.worker(server.port(), "slow")) {
      UUID id = UUID.randomUUID();
      NewJob plain = NewJob.of(id, "q", "T", "null".getBytes(StandardCharsets.UTF_8));
      server.store.push(
          List.of(
              new NewJob(
                  id,
                  null,
                  plain.queue(),
                  plain.kind(),
                  plain.payload(),
                  plain.due(),
                  0,
                  null,
                  false,
                  new JobSettings(0, null, Duration.ofMillis(300), null),
                  null,
                  null,
                  null,
                  null)));
      slow.job("q");
      Listening.waiting("its end").until(() -> server.jobs("q", JobState.FAILED).size() == 1);
      JobView dead = server.jobs("q").getFirst();
      assertThat(dead.errors().getFirst().type()).isEqualTo(FailureType.TIMEOUT);
      slow.ack(id.toString());
      assertThat(server.jobs("q", JobState.FAILED)).hasSize(1);
    }
  }

  @Test
  void aStopWaitsForWhatWorkersHoldAndGivesTheRestBack() throws IOException {
    String url = "memory:" + UUID.randomUUID();
    try (Listening keeps = new Listening(url)) {
      try (Listening server = new Listening(url);
          Client client = Client.worker(server.port(), "w")) {
        client.push("{\"jid\":\"held-job\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
        client.job("q");
      }
      try (Client client = Client.worker(keeps.port(), "w2")) {
        JsonNode again = client.fetch("q");
        while (again == null) {
          again = client.fetch("q");
        }
        assertThat(again.path("jid").asString()).isEqualTo("held-job");
      }
    }
  }
}
