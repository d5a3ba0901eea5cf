package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A server none of whose answers takes as long as a push may, but all of them together do: a push
 * asks it more than once and must be over in time all the same. For stores that ask several times.
 */
public interface SlowServerContract {
  Duration PUSH_TIMEOUT = Duration.ofMillis(2_500);

  /** For a machine that has other things to do. */
  Duration SLACK = Duration.ofMillis(1_500);

  /** Opens a store with a server that answers at once; the test class closes it. */
  JobStore open(StoreOptions options);

  /** From now on every answer of the server takes so much longer. */
  void delay(Duration answer);

  private JobStore warm() {
    JobStore store = open(new StoreOptions(Path.of(""), true, PUSH_TIMEOUT, null, Map.of()));
    // What is asked once a connection was asked.
    store.push(List.of(Draft.job().queue("known").done()));
    store.push(List.of(Draft.job().queue("known").done()));
    return store;
  }

  private static void failsInTime(JobStore store, String queue) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> store.push(List.of(Draft.job().queue(queue).done())))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PUSH_TIMEOUT.plus(SLACK));
  }

  @Test
  default void aPushWaitsNoLongerForAllAnswersThanForOne() {
    JobStore store = warm();
    delay(PUSH_TIMEOUT.multipliedBy(3).dividedBy(4));
    failsInTime(store, "known");
  }

  @Test
  default void whatAPushToANewQueueAsksBeforeCountsToo() {
    JobStore store = warm();
    delay(PUSH_TIMEOUT.multipliedBy(3).dividedBy(10));
    failsInTime(store, "new");
  }
}
