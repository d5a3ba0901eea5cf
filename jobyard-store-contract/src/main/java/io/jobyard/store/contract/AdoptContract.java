package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.PushRefused;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Jobs of another store are taken over as they were there. */
public interface AdoptContract extends StoreFixture {
  private static JobView elsewhere(
      JobState state, @Nullable String externalId, int priority, Instant pushedAt, Instant runAt) {
    return new JobView(
        UUID.randomUUID(),
        991,
        externalId,
        Actor.QUEUE,
        "resize",
        state,
        new Payload("{\"n\":1}".getBytes(StandardCharsets.UTF_8), "json", 2),
        priority,
        3,
        true,
        new JobSettings(9, null, Duration.ofSeconds(7), true),
        new Counts(1, 2, 3, 1),
        Phase.FAILING,
        17,
        pushedAt,
        runAt,
        pushedAt,
        null,
        null,
        false,
        List.of(Moves.error("a"), Moves.error("b")),
        List.of("line 1", "line 2"),
        null,
        new UUID(1, 2),
        "{\"trace\":\"x\"}");
  }

  /** A moment of this store's time, with what was before it and what comes. */
  private JobView waiting(@Nullable String externalId) {
    Actor node = Actor.on(open());
    Instant now = node.view(node.push(Draft.job().queue("clock"))).pushedAt();
    return elsewhere(JobState.READY, externalId, 0, now.minusSeconds(50), now.minusSeconds(40));
  }

  @Test
  default void everythingComesAlong() {
    Actor node = Actor.on(open());
    JobView job = waiting("order-7");
    assertThat(node.store.adopt(List.of(job))).isEqualTo(1);
    JobView here = node.view(job.id());
    assertThat(here).usingRecursiveComparison().ignoringFields("seq").isEqualTo(job);

    Lease lease = node.lease();
    assertThat(lease.key().fence()).as("the fence grows on").isEqualTo(18);
    assertThat(lease.standing().counts()).isEqualTo(job.counts());
    assertThat(lease.standing().phase()).isEqualTo(Phase.FAILING);
    assertThat(lease.standing().task()).isTrue();
    assertThat(lease.standing().settings()).isEqualTo(job.settings());
    assertThat(lease.errors()).hasSize(2);
    assertThat(lease.readyAt()).isEqualTo(job.runAt());
    node.settle(lease, Moves.BACK);
    assertThat(node.lease().key().fence()).isEqualTo(19);
  }

  @Test
  default void whatIsNotDueWaitsHereToo() {
    Actor node = Actor.on(open());
    Instant now = node.view(node.push(Draft.job().queue("clock"))).pushedAt();
    Instant due = now.plus(units(3));
    JobView later = elsewhere(JobState.SCHEDULED, null, 0, now, due);
    JobView over = elsewhere(JobState.SCHEDULED, null, 0, now.minusSeconds(9), now.minusSeconds(5));
    assertThat(node.store.adopt(List.of(later, over))).isEqualTo(2);
    assertThat(node.view(later.id()).state()).isEqualTo(JobState.SCHEDULED);
    assertThat(node.view(later.id()).runAt()).isEqualTo(due);
    assertThat(node.view(over.id()).state()).as("due meanwhile").isEqualTo(JobState.READY);
    assertThat(node.lease().key().id()).isEqualTo(over.id());
    passUnits(4);
    assertThat(node.lease().key().id()).isEqualTo(later.id());
  }

  @Test
  default void theLineFollowsTheListWithinAPriority() {
    Actor node = Actor.on(open());
    UUID before = node.push();
    JobView one = waiting(null);
    JobView two = waiting(null);
    JobView first = elsewhere(JobState.READY, null, -9, one.pushedAt(), one.runAt());
    node.store.adopt(List.of(two, one, first));
    assertThat(Actor.ids(node.lease(9))).containsExactly(first.id(), before, two.id(), one.id());
  }

  @Test
  default void aMoveThatBrokeOffCanBeRepeated() {
    Actor node = Actor.on(open());
    JobView one = waiting("one");
    JobView two = waiting("two");
    assertThat(node.store.adopt(List.of(one))).isEqualTo(1);
    node.settle(node.lease(), Moves.later(units(50)));
    JobView moved = node.view(one.id());
    assertThat(node.store.adopt(List.of(one, two))).isEqualTo(1);
    node.assertUnchanged(moved);
    assertThat(node.store.adopt(List.of(one, two))).isZero();
    assertThat(Actor.sum(node.status())).isEqualTo(2);
    node.settle(node.lease(), Moves.FAIL);
    assertThat(node.store.adopt(List.of(two))).as("one that has ended here").isZero();
    assertThat(node.view(two.id()).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  default void whatDoesNotWaitIsRefusedWithItsList() {
    Actor node = Actor.on(open());
    JobView fine = waiting(null);
    for (JobState state :
        List.of(JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)) {
      JobView not = elsewhere(state, null, 0, fine.pushedAt(), fine.runAt());
      assertThatThrownBy(() -> node.store.adopt(List.of(fine, not)))
          .isInstanceOf(PushRefused.class)
          .hasMessageContaining(not.id().toString())
          .hasMessageContaining(state.name());
      assertThat(node.knows(fine.id())).isFalse();
    }
  }

  @Test
  default void anExternalIdThatIsTakenIsRefusedWithItsList() {
    Actor node = Actor.on(open());
    UUID owner = node.push(Draft.job().externalId("order-7"));
    JobView fine = waiting(null);
    JobView taken = waiting("order-7");
    assertThatThrownBy(() -> node.store.adopt(List.of(fine, taken)))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("order-7")
        .hasMessageContaining(owner.toString());
    assertThat(node.knows(fine.id())).isFalse();
    assertThat(node.knows(taken.id())).isFalse();
    JobView twin = waiting("order-8");
    JobView other = waiting("order-8");
    assertThatThrownBy(() -> node.store.adopt(List.of(twin, other)))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("order-8");
    assertThat(node.knows(twin.id())).isFalse();
  }
}
