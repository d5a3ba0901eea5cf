package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Counts that add up, and what operators do to jobs. */
public interface OperatorContract extends StoreFixture {
  @Test
  default void queuesAreListedFromTheirFirstMentionOn() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("pushed"));
    node.store.pause("paused", true);
    node.store.join(new NodeInfo("app-2", 1, Set.of("served")));
    assertThat(node.store.queues())
        .extracting(QueueStatus::queue)
        .containsExactly(Actor.QUEUE, "paused", "pushed", "served");
    assertThat(node.status("served"))
        .isEqualTo(new QueueStatus("served", false, 1, 0, 0, 0, 0, 0, 0, 0, null));
    assertThat(node.status("paused"))
        .isEqualTo(new QueueStatus("paused", true, 0, 0, 0, 0, 0, 0, 0, 0, null));
  }

  @Test
  default void aQueueStaysListedWhenItsJobsAreGone() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("brief"));
    node.store.forget(JobFilter.of("brief"), 1);
    assertThat(node.status("brief").forgotten()).isEqualTo(1);
  }

  @Test
  default void aJobIsInExactlyOneCount() {
    Actor node = Actor.on(open());
    node.push(7);
    node.push(Draft.job().in(units(99)));
    List<Lease> leases = node.lease(6);
    node.settle(
        Moves.settle(leases.get(0), Moves.DONE),
        Moves.settle(leases.get(1), Moves.kept(new byte[] {'1'}, units(99))),
        Moves.settle(leases.get(2), Moves.FAIL),
        Moves.settle(leases.get(3), Moves.CANCEL),
        Moves.settle(leases.get(4), Moves.FAIL));
    node.store.forget(JobFilter.ids(Set.of(leases.get(4).key().id())), 1);

    QueueStatus status = node.status();
    assertThat(status.ready()).isEqualTo(1);
    assertThat(status.scheduled()).isEqualTo(1);
    assertThat(status.running()).isEqualTo(1);
    assertThat(status.succeeded()).isEqualTo(2);
    assertThat(status.failed()).isEqualTo(1);
    assertThat(status.cancelled()).isEqualTo(1);
    assertThat(status.forgotten()).isEqualTo(1);
    assertThat(Actor.on(open()).status().succeeded()).as("seen from elsewhere").isEqualTo(2);
  }

  @Test
  default void oldestReadyIsHowLongTheFirstHasWaited() {
    Actor node = Actor.on(open());
    node.push(Draft.job().in(units(99)));
    assertThat(node.status().oldestReadyMs()).isNull();
    node.push(2);
    passUnits(4);
    node.push();
    long expected = units(4).toMillis();
    if (harness().exact()) {
      assertThat(node.status().oldestReadyMs()).isEqualTo(expected);
    } else {
      assertThat(node.status().oldestReadyMs()).isGreaterThanOrEqualTo(expected);
    }
    node.lease(2);
    assertThat(node.status().oldestReadyMs()).isLessThan(expected);
    node.lease(1);
    assertThat(node.status().oldestReadyMs()).isNull();
  }

  @Test
  default void aViewShowsEveryState() {
    Actor node = Actor.on(open());
    for (JobState state : JobState.values()) {
      UUID id = bring(node, state);
      JobView view = node.view(id);
      assertThat(view.state()).isEqualTo(state);
      assertThat(view.finishedAt() != null)
          .as("finishedAt of " + state)
          .isEqualTo(state.finished());
      assertThat(view.node() != null).as("node of " + state).isEqualTo(state == JobState.RUNNING);
      assertThat(view.startedAt() != null)
          .as("startedAt of " + state)
          .isEqualTo(state != JobState.READY && state != JobState.SCHEDULED);
      assertThat(node.store.list(JobFilter.ids(Set.of(id)), null, 2).jobs())
          .usingRecursiveComparison()
          .isEqualTo(List.of(view));
    }
  }

  /** Pushes a job and takes it to the state. */
  private UUID bring(Actor node, JobState state) {
    if (state == JobState.READY) {
      return node.push(Draft.job().priority(100));
    }
    if (state == JobState.SCHEDULED) {
      return node.push(Draft.job().in(units(99)));
    }
    UUID id = node.push(Draft.job().priority(-1));
    Lease lease = node.lease(1).getFirst();
    if (state == JobState.SUCCEEDED) {
      node.settle(lease, Moves.kept(new byte[] {'1'}, units(99)));
    } else if (state != JobState.RUNNING) {
      node.settle(lease, new Settlement.End(state));
    }
    return id;
  }

  @Test
  default void listsAreNewestFirst() {
    Actor node = Actor.on(open());
    List<UUID> ids = new ArrayList<>();
    ids.add(node.push(Draft.job().in(units(9))));
    ids.add(node.push(Draft.job().priority(9)));
    ids.addAll(node.push(3));
    ids.add(node.push(Draft.job().priority(-9)));
    assertThat(page(node, JobFilter.of(Actor.QUEUE), null, 100)).isEqualTo(ids.reversed());
  }

  private static List<UUID> page(Actor node, JobFilter filter, @Nullable String cursor, int limit) {
    return ids(node.store.list(filter, cursor, limit));
  }

  private static List<UUID> ids(JobPage page) {
    return page.jobs().stream().map(JobView::id).toList();
  }

  @Test
  default void filtersAreAllOf() {
    Actor node = Actor.on(open());
    UUID mailA = node.push(Draft.job().kind("a"));
    UUID mailB = node.push(Draft.job().kind("b").in(units(9)));
    UUID otherA = node.push(Draft.job().kind("a").queue("other"));

    JobFilter everything = new JobFilter(Set.of(), null, Set.of(), null);
    assertThat(page(node, everything, null, 9)).containsExactly(otherA, mailB, mailA);
    assertThat(page(node, JobFilter.of(Actor.QUEUE), null, 9)).containsExactly(mailB, mailA);
    assertThat(page(node, new JobFilter(Set.of(), null, Set.of(), "a"), null, 9))
        .containsExactly(otherA, mailA);
    assertThat(page(node, JobFilter.of(null, JobState.SCHEDULED, JobState.FAILED), null, 9))
        .containsExactly(mailB);
    assertThat(
            page(
                node,
                new JobFilter(Set.of(mailA, mailB), Actor.QUEUE, Set.of(JobState.READY), "a"),
                null,
                9))
        .containsExactly(mailA);
    assertThat(page(node, JobFilter.ids(Set.of(UUID.randomUUID())), null, 9)).isEmpty();
    assertThat(page(node, JobFilter.of("nobody's"), null, 9)).isEmpty();
  }

  @Test
  default void pagesJoinWithoutSeam() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(10);
    List<UUID> seen = new ArrayList<>();
    JobPage page = node.store.list(JobFilter.of(Actor.QUEUE), null, 4);
    seen.addAll(ids(page));
    while (page.next() != null) {
      page = node.store.list(JobFilter.of(Actor.QUEUE), page.next(), 4);
      assertThat(page.jobs()).isNotEmpty();
      seen.addAll(ids(page));
    }
    assertThat(seen).isEqualTo(ids.reversed());
    assertThat(node.store.list(JobFilter.of(Actor.QUEUE), null, 10).next())
        .as("the last page, though full")
        .isNull();
    assertThat(node.store.list(JobFilter.of("nobody's"), null, 10).next()).isNull();
  }

  @Test
  default void pagesStayInPlaceWhileJobsComeAndGo() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(9);
    JobPage first = node.store.list(JobFilter.of(Actor.QUEUE), null, 3);
    assertThat(ids(first)).isEqualTo(ids.subList(6, 9).reversed());

    node.push(5);
    // Gone: one of the page before, the very one it ended with, and one of the page to come.
    Set<UUID> gone = Set.of(ids.get(8), ids.get(6), ids.get(4));
    assertThat(node.store.forget(JobFilter.ids(gone), 9)).isEqualTo(3);

    JobPage second = node.store.list(JobFilter.of(Actor.QUEUE), first.next(), 3);
    assertThat(ids(second)).containsExactly(ids.get(5), ids.get(3), ids.get(2));
    JobPage third = node.store.list(JobFilter.of(Actor.QUEUE), second.next(), 3);
    assertThat(ids(third)).containsExactly(ids.get(1), ids.get(0));
    assertThat(third.next()).isNull();
  }

  @Test
  default void aListRefusesWhatItCannotPage() {
    Actor node = Actor.on(open());
    JobFilter filter = JobFilter.of(Actor.QUEUE);
    for (int limit : List.of(0, -1, 10_001)) {
      assertThatThrownBy(() -> node.store.list(filter, null, limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Integer.toString(limit));
    }
    assertThatThrownBy(() -> node.store.list(filter, "no such page", 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such page");
  }

  @Test
  default void retryStartsAfreshWithTheHistoryKept() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(
        Moves.logging(
            Moves.settle(
                lease.standing(),
                Moves.FAIL,
                new Counts(4, 3, 2, 1),
                Phase.FAILING,
                List.of(Moves.error("first life"))),
            "a line"));
    JobView before = node.view(lease.key());
    assertThat(node.store.retry(JobFilter.ids(Set.of(before.id())), 10)).isEqualTo(1);

    JobView after = node.view(before.id());
    assertThat(after.state()).isEqualTo(JobState.READY);
    assertThat(after.counts()).isEqualTo(Counts.ZERO);
    assertThat(after.phase()).isEqualTo(Phase.RUN);
    assertThat(after.errors()).isEqualTo(before.errors());
    assertThat(after.log()).isEqualTo(before.log());
    assertThat(after.seq()).isEqualTo(before.seq());
    assertThat(after.fence()).isEqualTo(before.fence());
    assertThat(after.pushedAt()).isEqualTo(before.pushedAt());
    assertThat(after.finishedAt()).isNull();
    assertThat(node.status().ready()).isEqualTo(1);
    assertThat(node.status().failed()).isZero();

    Lease again = node.lease();
    assertThat(again.standing().attempt()).isEqualTo(1);
    node.settle(
        Moves.settle(
            again.standing(),
            Moves.FAIL,
            Moves.failed(1),
            Phase.RUN,
            List.of(Moves.error("second life"))));
    assertThat(node.view(before.id()).errors())
        .containsExactly(Moves.error("first life"), Moves.error("second life"));
  }

  @Test
  default void retryTouchesOnlyFailedAndCancelled() {
    Actor node = Actor.on(open());
    for (JobState state : JobState.values()) {
      bring(node, state);
    }
    assertThat(node.store.retry(JobFilter.of(Actor.QUEUE, JobState.READY), 10)).isZero();
    assertThat(node.store.retry(JobFilter.of("other"), 10)).isZero();
    assertThat(node.store.retry(JobFilter.of(Actor.QUEUE, JobState.CANCELLED), 10)).isEqualTo(1);
    assertThat(node.store.retry(JobFilter.of(Actor.QUEUE), 10)).isEqualTo(1);
    QueueStatus status = node.status();
    assertThat(List.of(status.ready(), status.scheduled(), status.running(), status.succeeded()))
        .containsExactly(3L, 1L, 1L, 1L);
  }

  @Test
  default void manyAreRetriedInSteps() {
    Actor node = Actor.on(open());
    node.pushAndEnd(10_000, JobState.FAILED);
    JobFilter failed = JobFilter.of(Actor.QUEUE, JobState.FAILED);
    for (int expected : List.of(4_000, 4_000, 2_000, 0)) {
      assertThat(node.store.retry(failed, 4_000)).isEqualTo(expected);
      assertThat(Actor.sum(node.status())).isEqualTo(10_000);
    }
    assertThat(node.status().ready()).isEqualTo(10_000);
  }

  @Test
  default void forgetRemovesAllButRunning() {
    Actor node = Actor.on(open());
    for (JobState state : JobState.values()) {
      bring(node, state);
    }
    assertThat(node.store.forget(JobFilter.of(Actor.QUEUE, JobState.RUNNING), 10)).isZero();
    assertThat(node.store.forget(JobFilter.of("other"), 10)).isZero();
    assertThat(node.store.forget(JobFilter.of(Actor.QUEUE), 2)).isEqualTo(2);
    assertThat(node.store.forget(JobFilter.of(Actor.QUEUE), 10)).isEqualTo(3);
    assertThat(node.store.forget(JobFilter.of(Actor.QUEUE), 10)).isZero();
    assertThat(node.status())
        .isEqualTo(new QueueStatus(Actor.QUEUE, false, 1, 0, 0, 1, 0, 0, 0, 5, null));
    assertThat(node.store.held(node.session)).hasSize(1);
  }

  @Test
  default void theReportSaysWhatTheStoreIs() {
    StoreReport report = open().report();
    assertThat(report.url()).isNotBlank();
    assertThat(report.product()).isNotBlank();
    assertThat(report.schemaVersion()).isPositive();
    assertThat(report.durability()).isNotBlank();
    assertThat(report.findings()).noneMatch(StoreReport.Finding::problem);
  }
}
