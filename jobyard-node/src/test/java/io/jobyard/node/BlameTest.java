package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Which of the jobs that ran in a dead process is to blame, with real processes. */
@TestInstance(Lifecycle.PER_CLASS)
class BlameTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private RunningNode node;

  Mode mode() {
    return Mode.DISTRIBUTE;
  }

  @BeforeAll
  void boot(@TempDir Path dir) {
    node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            in(mode(), queue("shared", 1, 20)),
            in(mode(), queue("memory", 1, 20)));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void aPoisonAmongAThousandIsTheOnlyOneThatIsCharged() {
    node.pushMany("shared", "nap", "{\"millis\":5}", 500);
    UUID poison = node.push("shared", "nap-and-halt", "{\"millis\":20}");
    node.pushMany("shared", "nap", "{\"millis\":5}", 500);

    waiting("all to end").atMost(PATIENCE).until(() -> ended("shared") == 1_001);

    JobView failed = node.job(poison);
    assertThat(failed.state()).isEqualTo(JobState.FAILED);
    assertThat(failed.counts().crashed()).isOne();
    assertThat(failed.errors())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.type()).isEqualTo(FailureType.CRASH);
          assertThat(failure.message()).contains("code 9");
          assertThat(failure.stack()).contains("about to halt");
          assertThat(failure.workerPid()).isPositive();
        });
    assertOthersLostNothing("shared", 1_000);
    waiting("its cell to leave")
        .until(() ->
            node.workers().workers().stream().filter(w -> w.queue().equals("shared")).count() == 1);
  }

  @Test
  void aJobThatNeedsTooMuchMemoryIsTheOnlyOneThatIsCharged() {
    node.pushMany("memory", "nap", "{\"millis\":20}", 50);
    UUID hog = node.push("memory", "hog", "{}");
    node.pushMany("memory", "nap", "{\"millis\":20}", 50);

    waiting("all to end").atMost(PATIENCE).until(() -> ended("memory") == 101);

    assertThat(node.job(hog).errors())
        .singleElement()
        .satisfies(failure -> assertThat(failure.type()).isEqualTo(FailureType.OUT_OF_MEMORY));
    assertOthersLostNothing("memory", 100);
  }

  private void assertOthersLostNothing(String queue, int count) {
    List<JobView> succeeded =
        node.store.list(JobFilter.of(queue, JobState.SUCCEEDED), null, 10_000).jobs();
    assertThat(succeeded)
        .hasSize(count)
        .allSatisfy(job -> {
          assertThat(job.counts().charged()).isZero();
          assertThat(job.errors()).isEmpty();
        });
    assertThat(node.count(queue, JobState.FAILED)).isOne();
  }

  private long ended(String queue) {
    var status = node.status(queue);
    return status.succeeded() + status.failed();
  }
}
