package io.jobyard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.store.JobFilter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AfterCommitTest {
  private final Jobyard yard =
      Jobyard.open(Jobyard.configure().environment(Map.of()).store("memory:").build());
  private final List<Runnable> steps = new ArrayList<>();

  @AfterEach
  void close() {
    yard.close();
  }

  @Test
  void pushesOnceTheTransactionHasCommitted() throws Exception {
    Pusher after = yard.afterCommit(steps::add);
    JobHandle<Object> one = after.push("note", Map.of("n", 1));
    List<JobHandle<?>> more = new ArrayList<>();
    for (int n = 2; n <= 3; n++) {
      more.add(after.push("note", n));
    }
    assertThat(steps).hasSize(1);
    assertThat(stored()).isZero();
    assertThat(one.state()).isEqualTo(JobState.READY);
    assertThatThrownBy(() -> one.await(Duration.ofMillis(10))).isInstanceOf(TimeoutException.class);

    steps.forEach(Runnable::run);

    assertThat(stored()).isEqualTo(3);
    assertThat(yard.job(one.id())).isPresent();
    assertThat(yard.cancel(more.getFirst().id()))
        .isEqualTo(io.jobyard.store.CancelAnswer.CANCELLED);
    assertThat(more.getFirst().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void pushesNothingAfterARollback() {
    yard.afterCommit(steps::add).push("note", 1);
    steps.clear(); // what a framework does when it rolls back
    yard.afterCommit(steps::add).push("note", 2);
    steps.forEach(Runnable::run);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void saysAtOnceWhatCannotBePushed() {
    Pusher after = yard.afterCommit(steps::add);
    assertThatThrownBy(() -> after.push("note", 1, PushOptions.on("a b")))
        .isInstanceOf(PushRefused.class);
    assertThatThrownBy(() -> after.push("note", 1, PushOptions.none().in(Duration.ofDays(99_999))))
        .isInstanceOf(PushRefused.class);
    steps.forEach(Runnable::run);
    assertThat(stored()).isZero();
    assertThatThrownBy(() -> after.push("note", 1))
        .hasMessageContaining("ask afterCommit for another one");
  }

  @Test
  void anExternalIdFindsItsFirstJob() {
    JobHandle<Object> first = yard.push("note", 1, PushOptions.none().externalId("order-7"));
    JobHandle<Object> again =
        yard.afterCommit(steps::add).push("note", 1, PushOptions.none().externalId("order-7"));
    steps.forEach(Runnable::run);
    assertThat(again.id()).isEqualTo(first.id());
  }

  @Test
  void aStoreWithoutTransactionsSaysWhichHaveThem() {
    var connection =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> null);
    assertThatThrownBy(() -> yard.in(connection))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("the store memory: cannot")
        .hasMessageContaining("sqlite:, postgresql:")
        .hasMessageContaining("afterCommit");
  }

  private int stored() {
    return yard.store().list(JobFilter.of(null), null, 100).jobs().size();
  }
}
