package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.Lease;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who waits is told; a notification may be late or doubled, but in peace it comes. */
public interface WakeContract extends StoreFixture {
  /** Remembers what it was told. */
  final class Ear implements StoreListener {
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cancels = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();

    @Override
    public void ready(String queue) {
      queues.add(queue);
    }

    @Override
    public void cancelRequested() {
      cancels.incrementAndGet();
    }

    @Override
    public void finished() {
      ends.incrementAndGet();
    }

    private void hears(String queue) {
      await().atMost(Duration.ofSeconds(10)).until(() -> queues.contains(queue));
    }

    private void hearsCancel() {
      await().atMost(Duration.ofSeconds(10)).until(() -> cancels.get() > 0);
    }

    private void hearsEnd() {
      await().atMost(Duration.ofSeconds(10)).until(() -> ends.get() > 0);
    }
  }

  private static Ear earOn(Actor node) {
    Ear ear = new Ear();
    Subscription unused = node.store.listen(ear);
    return ear;
  }

  @Test
  default void aPushWakesItsOwnStoreAndOthers() {
    Actor pusher = Actor.on(open());
    Ear own = earOn(pusher);
    Ear other = earOn(Actor.on(open()));
    pusher.push();
    own.hears(Actor.QUEUE);
    other.hears(Actor.QUEUE);
  }

  @Test
  default void aDelayedPushWakesToo() {
    // Its node must learn when to come back.
    Actor pusher = Actor.on(open());
    Ear ear = earOn(Actor.on(open()));
    pusher.push(Draft.job().queue("later").in(units(99)));
    ear.hears("later");
  }

  @Test
  default void aChildPushWakes() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    Ear ear = earOn(Actor.on(open()));
    node.store.push(List.of(Draft.job().queue("children").done()), lease.key());
    ear.hears("children");
    node.settle(Moves.with(Moves.settle(lease, Moves.DONE), Draft.job().queue("followers").done()));
    ear.hears("followers");
  }

  @Test
  default void aRetryWakes() {
    Actor node = Actor.on(open());
    node.pushAndEnd(1, JobState.FAILED);
    Ear ear = earOn(Actor.on(open()));
    node.store.retry(JobFilter.of(Actor.QUEUE), 1);
    ear.hears(Actor.QUEUE);
  }

  @Test
  default void aResumedQueueWakes() {
    Actor node = Actor.on(open());
    node.store.pause("slow", true);
    Ear ear = earOn(Actor.on(open()));
    node.store.pause("slow", false);
    ear.hears("slow");
  }

  @Test
  default void aCancelOfARunningJobWakes() {
    Actor node = Actor.on(open());
    Ear ear = earOn(node);
    Lease lease = node.pushAndLease();
    Actor operator = Actor.on(open());
    operator.store.cancel(List.of(lease.key().id()));
    ear.hearsCancel();
    assertThat(node.store.cancelRequested(node.session)).containsExactly(lease.key());
  }

  @Test
  default void theEndOfAJobIsTold() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    Ear ear = earOn(Actor.on(open()));
    node.settle(lease, Moves.DONE);
    ear.hearsEnd();
  }

  @Test
  default void aClosedSubscriptionHearsNothing() {
    Actor node = Actor.on(open());
    Ear closed = new Ear();
    Subscription subscription = node.store.listen(closed);
    subscription.close();
    subscription.close();
    Ear open = earOn(node);
    node.push();
    open.hears(Actor.QUEUE);
    assertThat(closed.queues).isEmpty();
  }

  @Test
  default void aListenerThatThrowsHindersNobody() {
    Actor node = Actor.on(open());
    AtomicInteger calls = new AtomicInteger();
    Subscription unused =
        node.store.listen(queue -> {
          calls.incrementAndGet();
          throw new IllegalStateException("a broken listener");
        });
    Ear ear = earOn(node);
    node.push();
    ear.hears(Actor.QUEUE);
    node.push(Draft.job().queue("next"));
    ear.hears("next");
    await().atMost(Duration.ofSeconds(10)).until(() -> calls.get() >= 2);
  }
}
