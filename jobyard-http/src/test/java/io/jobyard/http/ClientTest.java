package io.jobyard.http;

import static io.jobyard.PushOptions.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Backoff;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.JobState;
import io.jobyard.Jobyard;
import io.jobyard.JobyardException;
import io.jobyard.Priority;
import io.jobyard.PushOptions;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.Task;
import io.jobyard.config.Config;
import io.jobyard.config.Login;
import io.jobyard.config.Role;
import io.jobyard.run.LocalNode;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobyard's own API over HTTP, against a server whose store runs the jobs. */
class ClientTest {
  private Running running;
  private Jobyard yard;

  record Doubled(int number) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return number * 2;
    }
  }

  record Nothing(int number) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  @BeforeEach
  void open() {
    running = Running.open();
    yard = Jobyard.open(config(running.server.address().toString()));
  }

  @AfterEach
  void close() {
    yard.close();
    running.close();
  }

  private static Config config(String url) {
    return Jobyard.configure().environment(Map.of()).store(url).build();
  }

  @Test
  void aTaskIsPushedRunAndItsValueComesBack() throws Exception {
    Config config = Jobyard.configure().environment(Map.of()).store("memory:").build();
    try (LocalNode node = LocalNode.start(running.store, config, Set.of("default"))) {
      assertThat(node).isNotNull();
      JobHandle<Integer> handle = yard.push(new Doubled(21));
      assertThat(handle.await(Duration.ofSeconds(30))).isEqualTo(42);
      assertThat(handle.state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void aNodeOfAnotherEnvironmentIsNotTouched() {
    try (Running production = Running.open(c -> c.env("production"));
        Jobyard theirs = open(production, "production");
        Jobyard stray = open(production, "development")) {
      String refusal =
          "http://[0-9.:]+ belongs to the environment 'production', this process is configured with"
              + " 'env: development', so it does not touch it;.*";
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(() -> stray.push(new Nothing(1)))
            .isInstanceOf(JobyardException.class)
            .hasMessageMatching(refusal);
      }
      assertThatThrownBy(() -> stray.store().pause("default", true)).hasMessageMatching(refusal);
      assertThatThrownBy(() -> stray.store().report()).hasMessageMatching(refusal);
      assertThat(production.store.queues()).isEmpty();
      theirs.push(new Nothing(2));
      assertThat(production.store.queues().getFirst().ready()).isEqualTo(1);
    }
  }

  @Test
  void aNodeWithoutAnEnvironmentIsAnybodys() {
    try (Jobyard any = open(running, "development")) {
      any.push(new Nothing(1));
      assertThat(running.store.queues().getFirst().ready()).isEqualTo(1);
    }
  }

  private static Jobyard open(Running running, String env) {
    String url = running.server.address().toString();
    return Jobyard.open(Jobyard.configure().environment(Map.of()).store(url).env(env).build());
  }

  @Test
  void whatIsPushedArrivesAsItWas() {
    PushOptions options =
        on("mail")
            .in(Duration.ofHours(1))
            .retries(7)
            .backoff(Backoff.doubling(Duration.ofSeconds(1), Duration.ofMinutes(5)))
            .timeout(Duration.ofMillis(1_500))
            .retryTimeouts(true)
            .priority(Priority.LOW)
            .worker(3)
            .externalId("order-1");
    var handle = yard.push("k", Map.of("text", "ü\n\"", "n", 1.5), options);
    JobView far = yard.job(handle.id()).orElseThrow();
    JobView here = running.store.find(List.of(handle.id())).getFirst();
    assertThat(far).usingRecursiveComparison().isEqualTo(here);
    assertThat(here.settings().retries()).isEqualTo(7);
    assertThat(here.slot()).isEqualTo(3);
    assertThat(yard.push("k", null, on("mail").externalId("order-1")).id()).isEqualTo(handle.id());
    assertThat(yard.cancel(handle.id())).isEqualTo(CancelAnswer.CANCELLED);
    assertThat(yard.handle(handle.id()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(yard.store().retry(JobFilter.of("mail"), 10)).isEqualTo(1);
    assertThat(
            yard.store().list(JobFilter.of("mail", JobState.SCHEDULED, JobState.READY), null, 10))
        .satisfies(page -> assertThat(page.jobs()).hasSize(1));
    assertThat(yard.store().forget(JobFilter.of("mail"), 10)).isEqualTo(1);
    assertThat(yard.cancel(handle.id())).isEqualTo(CancelAnswer.UNKNOWN);
  }

  @Test
  void manyArePushedInBatches() {
    List<JobHandle<?>> handles =
        yard.pushAll(IntStream.range(0, 2_500).mapToObj(Nothing::new).toList());
    assertThat(new ArrayList<>(handles)).hasSize(2_500);
    assertThat(running.store.queues().getFirst().ready()).isEqualTo(2_500);
    assertThat(yard.store().queues()).hasSize(1);
    assertThat(yard.store().report().url()).isEqualTo(running.server.address().toString());
  }

  @Test
  void whatNeedsTheStoreItselfIsRefusedWithASentence() {
    assertThatThrownBy(() -> yard.work())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("jobs cannot be run over HTTP");
    assertThatThrownBy(() -> yard.push("k").onMessage(message -> {}))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("live messages cannot be heard over HTTP");
    assertThatThrownBy(() -> yard.push("k", null, on("mail").at(Instant.MAX)))
        .isInstanceOf(PushRefused.class);
  }

  @Test
  void whoMayNotIsTold() {
    String read = Secrets.token();
    try (Running asking = Running.open(c -> c.httpAuth(new Login.Token(Role.READ, read)))) {
      String url = asking.server.address().toString();
      try (Jobyard stranger = Jobyard.open(config(url));
          Jobyard reader = Jobyard.open(config(url.replace("//", "//" + read + "@")));
          Jobyard byOption = Jobyard.open(config(url + "?token=" + read))) {
        assertThatThrownBy(() -> stranger.push("k"))
            .isInstanceOf(JobyardException.class)
            .hasMessageContaining("say who you are");
        assertThatThrownBy(() -> reader.push("k"))
            .hasMessageContaining("needs the role operate")
            .hasMessageNotContaining(read);
        assertThat(byOption.store().queues()).isEmpty();
      }
    }
  }

  @Test
  void whereNobodyAnswersTheStoreIsAway() {
    running.server.close();
    assertThatThrownBy(() -> yard.push("k"))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("did not answer");
  }
}
