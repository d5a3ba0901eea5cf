package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.PushRefused;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is too much is refused with the limit named, and nothing of it is stored. */
public interface LimitsContract extends StoreFixture {
  private static byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    return noise;
  }

  @Test
  default void theLargestPayloadPasses() {
    Actor node = Actor.on(open());
    byte[] largest = noise(JobStore.MAX_PAYLOAD);
    node.push(Draft.job().payload(largest));
    Lease lease = node.lease();
    assertThat(lease.payload().bytes()).isEqualTo(largest);
    node.settle(lease, Moves.kept(largest, units(9)));
    assertThat(node.view(lease.key()).result()).isEqualTo(largest);
    assertThat(node.view(lease.key()).payload().bytes()).isEqualTo(largest);
  }

  @Test
  default void oneByteMoreIsRefusedWithItsBatch() {
    Actor node = Actor.on(open());
    NewJob small = Draft.job().done();
    NewJob tooLarge = Draft.job().payload(new byte[JobStore.MAX_PAYLOAD + 1]).done();
    assertThatThrownBy(() -> node.store.push(List.of(small, tooLarge)))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("16777216")
        .hasMessageContaining("16777217");
    assertThat(node.knows(small.id())).isFalse();
    assertThat(node.knows(tooLarge.id())).isFalse();

    Lease parent = node.pushAndLease();
    assertThatThrownBy(() -> node.store.push(List.of(small, tooLarge), parent.key()))
        .isInstanceOf(PushRefused.class);
    assertThat(node.knows(small.id())).isFalse();
    assertThat(Actor.sum(node.status())).isEqualTo(1);
  }

  @Test
  default void aBatchWithTooLargeAResultOrFollowerIsNotSettled() {
    Actor node = Actor.on(open());
    node.push(2);
    List<Lease> leases = node.lease(2);
    byte[] tooLarge = new byte[JobStore.MAX_PAYLOAD + 1];
    assertThatThrownBy(() ->
            node.store.settle(
                List.of(
                    Moves.settle(leases.get(0), Moves.DONE),
                    Moves.settle(leases.get(1), Moves.kept(tooLarge, units(9))))))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("16777216");
    assertThatThrownBy(() ->
            node.store.settle(
                List.of(
                    Moves.settle(leases.get(0), Moves.DONE),
                    Moves.with(
                        Moves.settle(leases.get(1), Moves.DONE),
                        Draft.job().payload(tooLarge).done()))))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("16777216");
    assertThat(node.status().running()).isEqualTo(2);
    assertThat(Actor.sum(node.status())).isEqualTo(2);
  }

  @Test
  default void aWorkerSlotThatCannotBeIsRefused() {
    Actor node = Actor.on(open());
    for (int slot : List.of(-1, Limits.MAX_SLOT + 1)) {
      NewJob job = Draft.job().slot(slot).done();
      assertThatThrownBy(() -> node.store.push(List.of(job)))
          .isInstanceOf(PushRefused.class)
          .hasMessageContaining("0 to 9999")
          .hasMessageContaining("got " + slot);
      assertThat(node.knows(job.id())).isFalse();
    }
  }

  @Test
  default void longNamesPassUpToTheLimit() {
    Actor node = Actor.on(open());
    String longest = "世".repeat(Limits.MAX_NAME);
    node.push(Draft.job().queue(longest).kind(longest).externalId(longest));
    assertThat(node.status(longest).ready()).isEqualTo(1);

    String tooLong = longest + "界";
    for (Draft draft :
        List.of(
            Draft.job().queue(tooLong),
            Draft.job().kind(tooLong),
            Draft.job().externalId(tooLong),
            Draft.job().queue(""),
            Draft.job().kind(" "),
            Draft.job().externalId(""))) {
      assertThatThrownBy(() -> node.push(draft)).isInstanceOf(PushRefused.class);
    }
    assertThat(node.store.queues()).hasSize(2);
  }

  @Test
  default void whatCanNeverComeIsRefused() {
    Actor node = Actor.on(open());
    NewJob fine = Draft.job().in(Limits.MAX_DELAY).done();
    for (Draft draft :
        List.of(
            Draft.job().in(Limits.MAX_DELAY.plusMillis(1)),
            Draft.job().in(Duration.ofSeconds(Long.MAX_VALUE)),
            Draft.job().in(Duration.ofMillis(-1)),
            Draft.job().at(Limits.LAST_DUE.plusMillis(1)),
            Draft.job().at(Instant.MAX))) {
      assertThatThrownBy(() -> node.store.push(List.of(fine, draft.done())))
          .isInstanceOf(PushRefused.class);
      assertThat(node.knows(fine.id())).isFalse();
    }
    node.store.push(List.of(fine, Draft.job().at(Limits.LAST_DUE).done()));
    node.push(Draft.job().at(Instant.MIN));
    assertThat(node.status().scheduled()).isEqualTo(2);
    assertThat(node.status().ready()).isEqualTo(1);
  }

  @Test
  default void anAbsurdDelaySpoilsNoBatch() {
    Actor node = Actor.on(open());
    node.push(3);
    List<Lease> leases = node.lease(3);
    node.settle(
        Moves.settle(leases.get(0), Moves.later(Duration.ofSeconds(Long.MAX_VALUE))),
        Moves.settle(leases.get(1), Moves.kept(new byte[0], Duration.ofSeconds(Long.MAX_VALUE))),
        Moves.settle(leases.get(2), Moves.later(Duration.ofSeconds(Long.MIN_VALUE))));
    assertThat(node.view(leases.get(0).key()).state()).isEqualTo(JobState.SCHEDULED);
    assertThat(node.view(leases.get(1).key()).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(node.view(leases.get(2).key()).state()).isEqualTo(JobState.READY);
  }

  @Test
  default void manyLargeJobsAreLeasedByBytes() {
    Actor node = Actor.on(open());
    byte[] large = noise(3 * 1024 * 1024);
    for (int i = 0; i < 4; i++) {
      node.push(Draft.job().payload(large));
    }
    List<Lease> leases =
        node.store
            .lease(new LeaseRequest(node.session, Actor.QUEUE, 100, 8L * 1024 * 1024, Set.of()))
            .leases();
    assertThat(leases).hasSize(2);
  }
}
