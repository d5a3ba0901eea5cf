package io.jobyard.node.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LeaseGuardTest {
  private final AtomicBoolean busy = new AtomicBoolean(true);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final LeaseGuard guard = new LeaseGuard(busy::get, this::end);

  @Test
  void endsABusyWorkerWhenItsLeasesDo() throws InterruptedException {
    long until = in(Duration.ofMillis(150));
    guard.extend(until);

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - until).isNotNegative();
  }

  @Test
  void aRenewalLetsItLiveOn() throws InterruptedException {
    guard.extend(in(Duration.ofMillis(100)));
    guard.extend(in(Duration.ofHours(1)));

    assertThat(ended.await(300, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void anIdleWorkerLivesOnButBeginsNothing() throws InterruptedException {
    busy.set(false);
    guard.extend(in(Duration.ofMillis(50)));
    assertThat(ended.await(200, TimeUnit.MILLISECONDS)).isFalse();

    Thread beginning = Thread.ofPlatform().daemon().start(guard::begin);

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(beginning.isAlive()).isTrue();
  }

  @Test
  void anIdleWorkerIsWatchedAgainAfterARenewal() throws InterruptedException {
    busy.set(false);
    guard.extend(in(Duration.ZERO));
    await().until(guard::asleep);
    busy.set(true);

    guard.extend(in(Duration.ofMillis(50)));

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private static long in(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  /** As the real end: does not return. */
  private void end() {
    ended.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
