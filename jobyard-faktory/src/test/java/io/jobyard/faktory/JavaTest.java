package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.JobState;
import io.jobyard.Jobyard;
import io.jobyard.Kind;
import io.jobyard.PushOptions;
import io.jobyard.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The same jobs in Java and on the wire. */
class JavaTest {
  private static final List<String> RAN = new CopyOnWriteArrayList<>();

  private final Listening server = new Listening();
  private final Jobyard yard = Jobyard.open(server.config);

  @Kind("nothing")
  record Nothing() implements Job {
    @Override
    public void run(JobContext job) {
      RAN.add("nothing");
    }
  }

  @Kind("answer")
  record Answer(int question) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return question;
    }
  }

  /** Code behind methods. */
  static final class Methods {
    private Methods() {}

    @Kind("add")
    public static void add(int a, int b) {
      RAN.add("sum " + (a + b));
    }

    @Kind("show")
    public static void show(Map<String, Integer> map) {
      RAN.add("map " + map);
    }
  }

  @BeforeEach
  void forget() {
    RAN.clear();
    Greet.TIMES.set(0);
  }

  @AfterEach
  void stop() {
    yard.close();
    server.close();
  }

  @Test
  void jobsFromTheWireRunInJava() throws IOException {
    try (Client client = Client.producer(server.port());
        var node = yard.work("java")) {
      client.push(
          "{\"jid\":\"java-001\",\"queue\":\"java\",\"jobtype\":\"greet\",\"args\":[{\"name\":\"Ann\",\"times\":2}]}");
      client.push("{\"jid\":\"java-002\",\"queue\":\"java\",\"jobtype\":\"nothing\",\"args\":[]}");
      client.push("{\"jid\":\"java-003\",\"queue\":\"java\",\"jobtype\":\"add\",\"args\":[3,4]}");
      client.push(
          "{\"jid\":\"java-004\",\"queue\":\"java\",\"jobtype\":\"show\",\"args\":[{\"a\":1}]}");
      Listening.waiting("all four").until(() -> server.status("java").succeeded() == 4);
      assertThat(RAN).containsExactlyInAnyOrder("nothing", "sum 7", "map {a=1}");
      assertThat(Greet.TIMES.get()).isEqualTo(2);
      assertThat(node).isNotNull();
    }
  }

  @Test
  void jobsFromJavaRunOnTheWire() throws Exception {
    JobHandle<Integer> answer = yard.push(new Answer(42), PushOptions.on("node"));
    yard.push(
        new Greet("Ann", 2), PushOptions.on("node").retries(7).timeout(Duration.ofSeconds(5)));
    yard.push("plain", List.of(1, 2), PushOptions.on("node"));
    yard.push("bare", null, PushOptions.on("node"));
    try (Client client = Client.worker(server.port(), "w")) {
      JsonNode task = client.job("node");
      assertThat(task.path("args").toString()).isEqualTo("[{\"question\":42}]");
      assertThat(task.path("jid").asString()).isEqualTo(answer.id().toString());
      client.ack(answer.id().toString());
      assertThat(answer.await(Duration.ofSeconds(10))).isNull();
      JsonNode greet = client.job("node");
      assertThat(greet.path("jobtype").asString()).isEqualTo("greet");
      assertThat(greet.path("args").toString()).isEqualTo("[{\"name\":\"Ann\",\"times\":2}]");
      assertThat(greet.path("retry").asInt()).isEqualTo(7);
      assertThat(greet.path("reserve_for").asInt()).isEqualTo(5);
      assertThat(client.job("node").path("args").toString()).isEqualTo("[1,2]");
      JsonNode bare = client.job("node");
      assertThat(bare.path("args").toString()).isEqualTo("[]");
      assertThat(bare.path("retry").asInt()).isEqualTo(3);
      assertThat(server.jobs("node", JobState.RUNNING)).hasSize(3);
    }
  }
}
