package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a push stores, and when it stores nothing. */
public interface PushContract extends StoreFixture {
  @Test
  default void everythingOfAJobIsStored() {
    Actor node = Actor.on(open());
    UUID parent = UUID.randomUUID();
    JobSettings settings =
        new JobSettings(
            7,
            Backoff.doubling(Duration.ofMillis(250), Duration.ofMinutes(10)),
            Duration.ofMillis(1_500),
            true);
    NewJob job =
        Draft.job()
            .externalId("order-77")
            .kind("send-welcome")
            .payload(new Payload("{\"userId\":42}".getBytes(StandardCharsets.UTF_8), "json", 3))
            .priority(-10)
            .slot(9_999)
            .task()
            .settings(settings)
            .parent(parent)
            .meta("{\"traceparent\":\"00-ab-cd-01\"}")
            .done();
    assertThat(node.store.push(List.of(job))).containsExactly(job.id());

    JobView view = node.view(job.id());
    assertThat(view.externalId()).isEqualTo("order-77");
    assertThat(view.queue()).isEqualTo(Actor.QUEUE);
    assertThat(view.kind()).isEqualTo("send-welcome");
    assertThat(view.state()).isEqualTo(JobState.READY);
    assertThat(view.payload().bytes()).isEqualTo(job.payload().bytes());
    assertThat(view.payload().codec()).isEqualTo("json");
    assertThat(view.payload().version()).isEqualTo(3);
    assertThat(view.priority()).isEqualTo(-10);
    assertThat(view.slot()).isEqualTo(9_999);
    assertThat(view.task()).isTrue();
    assertThat(view.settings()).isEqualTo(settings);
    assertThat(view.counts()).isEqualTo(Counts.ZERO);
    assertThat(view.phase()).isEqualTo(Phase.RUN);
    assertThat(view.fence()).isZero();
    assertThat(view.seq()).isPositive();
    assertThat(view.runAt()).isEqualTo(view.pushedAt());
    assertThat(view.startedAt()).isNull();
    assertThat(view.finishedAt()).isNull();
    assertThat(view.node()).isNull();
    assertThat(view.cancelRequested()).isFalse();
    assertThat(view.errors()).isEmpty();
    assertThat(view.log()).isEmpty();
    assertThat(view.result()).isNull();
    assertThat(view.parentId()).isEqualTo(parent);
    assertThat(view.meta()).isEqualTo("{\"traceparent\":\"00-ab-cd-01\"}");
  }

  @Test
  default void aLeaseCarriesWhatWasPushed() {
    Actor node = Actor.on(open());
    JobSettings settings =
        new JobSettings(
            0, Backoff.steps(Duration.ofSeconds(1), Duration.ofSeconds(30)), Duration.ZERO, false);
    NewJob job = Draft.job().kind("resize").priority(3).task().settings(settings).meta("{}").done();
    node.store.push(List.of(job));

    Lease lease = node.lease();
    assertThat(lease.key().id()).isEqualTo(job.id());
    assertThat(lease.key().seq()).isEqualTo(node.view(job.id()).seq());
    assertThat(lease.kind()).isEqualTo("resize");
    assertThat(lease.payload().bytes()).isEqualTo(job.payload().bytes());
    assertThat(lease.priority()).isEqualTo(3);
    assertThat(lease.readyAt()).isEqualTo(node.view(job.id()).pushedAt());
    assertThat(lease.errors()).isEmpty();
    assertThat(lease.meta()).isEqualTo("{}");
    assertThat(lease.standing().queue()).isEqualTo(Actor.QUEUE);
    assertThat(lease.standing().task()).isTrue();
    assertThat(lease.standing().settings()).isEqualTo(settings);
    assertThat(lease.standing().counts()).isEqualTo(Counts.ZERO);
    assertThat(lease.standing().phase()).isEqualTo(Phase.RUN);
  }

  @Test
  default void payloadBytesComeBackAsTheyWere() {
    Actor node = Actor.on(open());
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    for (byte[] bytes :
        List.of(
            new byte[0],
            new byte[] {0},
            everyByte,
            "null".getBytes(StandardCharsets.UTF_8),
            "\"Grüße, 世界 👋 \\u0000\"".getBytes(StandardCharsets.UTF_8))) {
      UUID id = node.push(Draft.job().payload(bytes));
      assertThat(node.view(id).payload().bytes()).isEqualTo(bytes);
      Lease lease = node.lease();
      assertThat(lease.payload().bytes()).isEqualTo(bytes);
      node.settle(lease, Moves.DONE);
    }
  }

  @Test
  default void namesKeepEveryCharacter() {
    Actor node = Actor.on(open());
    String odd = "Grüße 世界 👋 it's \"100%\" \\ {a}:b*c";
    UUID id = node.push(Draft.job().queue(odd).kind(odd).externalId(odd).meta("\"" + odd + "\""));

    JobView view = node.view(id);
    assertThat(view.queue()).isEqualTo(odd);
    assertThat(view.kind()).isEqualTo(odd);
    assertThat(view.externalId()).isEqualTo(odd);
    assertThat(view.meta()).isEqualTo("\"" + odd + "\"");
    assertThat(node.status(odd).ready()).isEqualTo(1);
    assertThat(node.push(Draft.job().externalId(odd))).isEqualTo(id);
  }

  @Test
  default void namesThatDifferInCaseOrAccentsAreDifferent() {
    Actor node = Actor.on(open());
    List<UUID> ids = new ArrayList<>();
    for (String name : List.of("order", "Order", "ordér", "order ")) {
      ids.add(node.push(Draft.job().queue(name).externalId(name)));
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(node.status("order").ready()).isEqualTo(1);
    assertThat(node.status("Order").ready()).isEqualTo(1);
  }

  @Test
  default void seqGrowsInTheOrderOfTheList() {
    Actor node = Actor.on(open());
    List<UUID> ids = new ArrayList<>(node.push(100));
    ids.add(node.push());
    ids.addAll(node.push(100));
    assertThat(ids.stream().map(id -> node.view(id).seq()).toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  default void seqIsNeverUsedAgain() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.DONE);
    assertThat(node.view(node.push()).seq()).isGreaterThan(lease.key().seq());
  }

  @Test
  default void anIdIsStoredOnce() {
    Actor node = Actor.on(open());
    NewJob job = Draft.job().done();
    assertThat(node.store.push(List.of(job, job))).containsExactly(job.id(), job.id());
    // A push whose answer was lost is asked again.
    assertThat(node.store.push(List.of(job))).containsExactly(job.id());
    assertThat(node.status().ready()).isEqualTo(1);

    Lease lease = node.lease();
    node.store.push(List.of(job));
    assertThat(node.status().running()).isEqualTo(1);
    assertThat(Actor.sum(node.status())).isEqualTo(1);
    node.settle(lease, Moves.DONE);
  }

  @Test
  default void anExternalIdIsStoredOnce() {
    Actor node = Actor.on(open());
    UUID first = node.push(Draft.job().externalId("order-1"));
    assertThat(node.push(Draft.job().externalId("order-1").kind("other").in(units(9))))
        .isEqualTo(first);
    assertThat(node.view(first).kind()).isEqualTo("kind");
    assertThat(Actor.sum(node.status())).isEqualTo(1);

    UUID elsewhere = node.push(Draft.job().externalId("order-1").queue("other"));
    assertThat(elsewhere).as("unique in the store, not in the queue").isEqualTo(first);
    assertThat(node.push(Draft.job().externalId("order-2"))).isNotEqualTo(first);
  }

  @Test
  default void anExternalIdIsStoredOnceWithinABatch() {
    Actor node = Actor.on(open());
    NewJob first = Draft.job().externalId("twice").done();
    NewJob between = Draft.job().done();
    NewJob second = Draft.job().externalId("twice").done();
    assertThat(node.store.push(List.of(first, between, second)))
        .containsExactly(first.id(), between.id(), first.id());
    assertThat(node.knows(second.id())).isFalse();
    assertThat(Actor.sum(node.status())).isEqualTo(2);
  }

  @Test
  default void anExternalIdStaysTakenWhileItsJobIsInTheStore() {
    Actor node = Actor.on(open());
    UUID first = node.push(Draft.job().externalId("order-1"));
    node.settle(node.lease(), Moves.FAIL);
    assertThat(node.push(Draft.job().externalId("order-1"))).as("FAILED").isEqualTo(first);
    assertThat(node.view(first).state()).isEqualTo(JobState.FAILED);

    assertThat(node.store.retry(JobFilter.of(Actor.QUEUE), 1)).isEqualTo(1);
    Lease lease = node.lease();
    assertThat(node.push(Draft.job().externalId("order-1"))).as("RUNNING").isEqualTo(first);
    node.settle(lease, Moves.kept("1".getBytes(StandardCharsets.UTF_8), units(5)));
    assertThat(node.push(Draft.job().externalId("order-1"))).as("kept").isEqualTo(first);
    passUnits(6);
    node.store.purge(10);
    assertThat(node.push(Draft.job().externalId("order-1"))).as("purged").isNotEqualTo(first);
  }

  @Test
  default void anExternalIdIsFreeOnceItsJobIsGone() {
    Actor node = Actor.on(open());
    UUID first = node.push(Draft.job().externalId("again"));
    node.settle(node.lease(), Moves.DONE);
    UUID second = node.push(Draft.job().externalId("again"));
    assertThat(second).isNotEqualTo(first);

    node.store.forget(JobFilter.of(Actor.QUEUE), 10);
    assertThat(node.push(Draft.job().externalId("again"))).isNotEqualTo(second);
  }

  @Test
  default void aPushIsSeenByEveryOtherOpenStore() {
    Actor producer = Actor.on(open());
    Actor other = Actor.on(open());
    UUID id = producer.push();
    assertThat(other.view(id)).usingRecursiveComparison().isEqualTo(producer.view(id));
    assertThat(other.lease().key().id()).isEqualTo(id);
  }

  @Test
  default void aPushOutlivesTheStoreObjectThatMadeIt() {
    JobStore first = open();
    UUID id = first.push(List.of(Draft.job().done())).getFirst();
    first.close();
    first.close();
    assertThat(Actor.on(open()).lease().key().id()).isEqualTo(id);
  }

  @Test
  default void findLeavesOutWhatItDoesNotKnow() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(3);
    List<UUID> asked = new ArrayList<>(ids);
    asked.add(UUID.randomUUID());
    asked.add(ids.getFirst());
    assertThat(node.store.find(asked).stream().map(JobView::id))
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(node.store.find(List.of())).isEmpty();
  }

  @Test
  default void largeBatchesPass() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(5_000);
    assertThat(ids).doesNotHaveDuplicates().hasSize(5_000);
    assertThat(node.store.find(ids)).hasSize(5_000);
    assertThat(node.status().ready()).isEqualTo(5_000);
    List<UUID> leased = Actor.ids(node.lease(5_000));
    assertThat(leased).isEqualTo(ids);
    assertThat(node.store.cancel(ids).values()).hasSize(5_000).containsOnly(CancelAnswer.REQUESTED);
  }
}
