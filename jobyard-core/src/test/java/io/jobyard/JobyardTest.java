package io.jobyard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobyardTest {
  @TempDir Path folder;

  record Hello(String name) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  static class Greeter {
    @Kind("jobyard-test-greet")
    void greet(String name, int times) {}
  }

  private Jobyard open() {
    return Jobyard.open(
        Jobyard.configure().environment(Map.of()).base(folder).store("memory:").build());
  }

  @Test
  void whatIsPushedIsInTheStoreAndCanBeCancelled() throws Exception {
    try (Jobyard yard = open()) {
      JobHandle<Void> hello = yard.push(new Hello("ann"), PushOptions.on("mail"));
      JobView job = yard.job(hello.id()).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.READY);
      assertThat(job.queue()).isEqualTo("mail");
      assertThat(job.payload().bytes()).asString().isEqualTo("{\"name\":\"ann\"}");
      assertThat(yard.cancel(hello.id())).isEqualTo(CancelAnswer.CANCELLED);
      assertThat(yard.cancel(UUID.randomUUID())).isEqualTo(CancelAnswer.UNKNOWN);
      assertThatThrownBy(() -> yard.handle(hello.id()).await(Duration.ofSeconds(20)))
          .isInstanceOf(JobCancelledException.class);
    }
  }

  @Test
  void everyWayToPushFindsItsMethod() {
    Greeter greeter = new Greeter();
    String name = "bob";
    try (Jobyard yard = open()) {
      assertThat(kind(yard, yard.push(() -> greeter.greet(name, 3))))
          .isEqualTo("jobyard-test-greet[\"bob\",3]");
      assertThat(kind(yard, yard.push("any", Map.of("a", 1)))).isEqualTo("any{\"a\":1}");
      assertThat(kind(yard, yard.pushAll(List.of(new Hello("x"))).getFirst()))
          .isEqualTo(Hello.class.getName() + "{\"name\":\"x\"}");
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    Jobyard yard = open();
    yard.close();
    yard.close();
  }

  private static String kind(Jobyard yard, JobHandle<?> handle) {
    JobView job = yard.job(handle.id()).orElseThrow();
    return job.kind() + new String(job.payload().bytes(), StandardCharsets.UTF_8);
  }
}
