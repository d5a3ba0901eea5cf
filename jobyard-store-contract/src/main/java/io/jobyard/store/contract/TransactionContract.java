package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.TransactionalStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * A push within the caller's own transaction: its jobs exist if and only if that commits. For SQL
 * stores, which implement it beside {@link StoreContract}.
 */
public interface TransactionContract extends StoreFixture {
  Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  TransactionHarness harness();

  /** A connection with a transaction to come. */
  private Connection transaction() throws SQLException {
    Connection connection = harness().connect();
    connection.setAutoCommit(false);
    return connection;
  }

  private static List<UUID> push(JobStore store, Connection transaction, NewJob... jobs) {
    return ((TransactionalStore) store).push(List.of(jobs), transaction);
  }

  private static UUID push(JobStore store, Connection transaction, Draft draft) {
    return push(store, transaction, draft.done()).getFirst();
  }

  private static <T> FutureTask<T> inBackground(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  private static <T> T soon(FutureTask<T> task) throws Exception {
    try {
      return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Tells a job that is not seen from one that is, in every answer that names or counts it. */
  private static void assertUnseen(JobStore store, UUID... ids) {
    assertThat(store.find(List.of(ids))).isEmpty();
    assertThat(store.list(JobFilter.of(Actor.QUEUE), null, 100).jobs())
        .extracting(JobView::id)
        .doesNotContain(ids);
    assertThat(store.queues().stream().mapToLong(Actor::sum).sum()).isZero();
    assertThat(store.queues()).extracting(QueueStatus::oldestReadyMs).allMatch(Objects::isNull);
  }

  @Test
  default void whatIsCommittedIsThere() throws SQLException {
    Actor node = Actor.on(open());
    NewJob now =
        Draft.job().kind("send-welcome").priority(-3).slot(2).task().meta("{\"a\":1}").done();
    NewJob later = Draft.job().queue("later").in(units(99)).done();
    try (Connection connection = transaction()) {
      assertThat(push(node.store, connection, now, later)).containsExactly(now.id(), later.id());
      connection.commit();
    }
    JobView view = node.view(now.id());
    assertThat(view.state()).isEqualTo(JobState.READY);
    assertThat(view.kind()).isEqualTo("send-welcome");
    assertThat(view.priority()).isEqualTo(-3);
    assertThat(view.slot()).isEqualTo(2);
    assertThat(view.task()).isTrue();
    assertThat(view.meta()).isEqualTo("{\"a\":1}");
    assertThat(view.payload().bytes()).isEqualTo(now.payload().bytes());
    assertThat(node.view(later.id()).state()).isEqualTo(JobState.SCHEDULED);
    assertThat(node.view(later.id()).seq()).isGreaterThan(view.seq());

    Lease lease = node.lease();
    assertThat(lease.key().id()).isEqualTo(now.id());
    node.settle(lease, Moves.DONE);
    assertThat(node.status().succeeded()).isEqualTo(1);
  }

  @Test
  default void whatIsRolledBackNeverWas() throws SQLException {
    Actor node = Actor.on(open());
    UUID id;
    try (Connection connection = transaction()) {
      id = push(node.store, connection, Draft.job().externalId("order-1"));
      connection.rollback();
      assertUnseen(node.store, id);
      assertThat(node.lease(1)).isEmpty();
      // The same transaction object goes on, and the queue that it made known is not lost.
      UUID second = push(node.store, connection, Draft.job().externalId("order-1"));
      assertThat(second).isNotEqualTo(id);
      connection.commit();
      assertThat(node.lease().key().id()).isEqualTo(second);
    }
  }

  @Test
  default void aTransactionThatIsAbandonedNeverWas() throws SQLException {
    JobStore store = open();
    UUID id;
    try (Connection connection = transaction()) {
      id = push(store, connection, Draft.job());
    }
    assertUnseen(store, id);
    UUID plain = store.push(List.of(Draft.job().done())).getFirst();
    assertThat(Actor.on(store).lease().key().id()).isEqualTo(plain);
  }

  @Test
  default void nobodySeesOrTakesItBeforeTheCommit() throws Exception {
    Actor node = Actor.on(open());
    Actor other = Actor.named("node-2", open());
    try (Connection connection = transaction()) {
      UUID id = push(node.store, connection, Draft.job());
      assertUnseen(node.store, id);
      assertUnseen(other.store, id);
      assertThat(node.store.backlog(Actor.QUEUE, 10)).isZero();
      FutureTask<List<Lease>> asked = inBackground(() -> other.lease(1));
      if (harness().othersMayWrite()) {
        assertThat(soon(asked)).as("leased before the commit").isEmpty();
        assertThat(node.lease(1)).isEmpty();
        connection.commit();
        assertThat(other.lease().key().id()).isEqualTo(id);
      } else {
        assertThatThrownBy(() -> asked.get(200, TimeUnit.MILLISECONDS))
            .as("waits for the transaction")
            .isInstanceOf(TimeoutException.class);
        connection.commit();
        assertThat(Actor.ids(soon(asked))).containsExactly(id);
      }
    }
  }

  @Test
  default void othersGoOnMeanwhile() throws Exception {
    Actor node = Actor.on(open());
    List<UUID> before = node.push(3);
    try (Connection connection = transaction()) {
      UUID inside = push(node.store, connection, Draft.job());
      FutureTask<UUID> pushed = inBackground(() -> node.push());
      if (harness().othersMayWrite()) {
        soon(pushed);
        assertThat(Actor.ids(node.lease(10))).containsAll(before).doesNotContain(inside);
      }
      connection.commit();
      soon(pushed);
      // Numbered before those that were seen earlier, and found all the same.
      List<UUID> found = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            found.addAll(Actor.ids(node.lease(10)));
            return found.contains(inside);
          });
      assertThat(node.status().running()).isEqualTo(5);
    }
  }

  @Test
  default void aSavepointTakesBackOnlyWhatCameAfterIt() throws SQLException {
    Actor node = Actor.on(open());
    try (Connection connection = transaction()) {
      UUID before = push(node.store, connection, Draft.job());
      Savepoint savepoint = connection.setSavepoint();
      UUID after = push(node.store, connection, Draft.job().queue("new-queue"));
      connection.rollback(savepoint);
      UUID again = push(node.store, connection, Draft.job().queue("new-queue"));
      connection.commit();
      assertThat(node.knows(before)).isTrue();
      assertThat(node.knows(after)).isFalse();
      assertThat(node.knows(again)).isTrue();
    }
    node.push(Draft.job().queue("new-queue"));
    assertThat(node.status("new-queue").ready()).isEqualTo(2);
  }

  @Test
  default void aConnectionInAutoCommitStoresAtOnce() throws SQLException {
    Actor node = Actor.on(open());
    try (Connection connection = harness().connect()) {
      assertThat(connection.getAutoCommit()).isTrue();
      UUID id = push(node.store, connection, Draft.job());
      assertThat(node.lease().key().id()).isEqualTo(id);
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(push(node.store, connection, Draft.job().done(), Draft.job().done())).hasSize(2);
      assertThat(node.lease(10)).hasSize(2);
    }
  }

  @Test
  default void anotherDatabasesConnectionIsRefused() throws SQLException {
    JobStore store = open();
    List<Connection> strangers = harness().strangers();
    assertThat(strangers).hasSizeGreaterThanOrEqualTo(2);
    for (Connection stranger : strangers) {
      try (stranger) {
        stranger.setAutoCommit(false);
        assertThatThrownBy(() -> push(store, stranger, Draft.job()))
            .isInstanceOf(JobyardException.class)
            .hasMessageContaining(store.report().url())
            .hasMessageContaining("connection");
        stranger.rollback();
      }
    }
    assertThat(store.queues().stream().mapToLong(Actor::sum).sum()).isZero();
  }

  @Test
  default void aClosedConnectionIsRefused() throws SQLException {
    JobStore store = open();
    Connection connection = transaction();
    connection.close();
    assertThatThrownBy(() -> push(store, connection, Draft.job()))
        .isInstanceOf(JobyardException.class);
    assertThat(store.queues().stream().mapToLong(Actor::sum).sum()).isZero();
  }

  @Test
  default void aRefusedPushLeavesTheTransactionUsable() throws SQLException {
    Actor node = Actor.on(open());
    NewJob fine = Draft.job().queue("fine").done();
    try (Connection connection = transaction()) {
      UUID before = push(node.store, connection, Draft.job());
      for (Draft bad :
          List.of(
              Draft.job().payload(new byte[JobStore.MAX_PAYLOAD + 1]),
              Draft.job().kind(" "),
              Draft.job().in(Duration.ofDays(-1)))) {
        assertThatThrownBy(() -> push(node.store, connection, fine, bad.done()))
            .isInstanceOf(PushRefused.class);
      }
      UUID after = push(node.store, connection, Draft.job());
      connection.commit();
      assertThat(node.knows(before)).isTrue();
      assertThat(node.knows(after)).isTrue();
      assertThat(node.knows(fine.id())).isFalse();
    }
  }

  @Test
  default void whatTheDatabaseItselfRefusesLeavesTheTransactionUsableToo() throws SQLException {
    // Not every database can store a NUL in a text; which can, stores it.
    Actor node = Actor.on(open());
    NewJob fine = Draft.job().done();
    NewJob odd = Draft.job().meta("\"\u0000\"").done();
    try (Connection connection = transaction()) {
      UUID before = push(node.store, connection, Draft.job());
      boolean stored;
      try {
        push(node.store, connection, fine, odd);
        stored = true;
      } catch (PushRefused refused) {
        stored = false;
      }
      UUID after = push(node.store, connection, Draft.job());
      connection.commit();
      assertThat(node.knows(before)).isTrue();
      assertThat(node.knows(after)).isTrue();
      assertThat(node.knows(fine.id())).as("all or nothing").isEqualTo(stored);
      assertThat(node.knows(odd.id())).isEqualTo(stored);
    }
  }

  @Test
  default void anExternalIdIsStoredOnceWithinATransactionAndOver() throws SQLException {
    Actor node = Actor.on(open());
    UUID stored = node.push(Draft.job().externalId("order-1"));
    try (Connection connection = transaction()) {
      assertThat(push(node.store, connection, Draft.job().externalId("order-1"))).isEqualTo(stored);
      UUID first = push(node.store, connection, Draft.job().externalId("order-2"));
      assertThat(push(node.store, connection, Draft.job().externalId("order-2"))).isEqualTo(first);
      NewJob third = Draft.job().externalId("order-3").done();
      assertThat(push(node.store, connection, third, Draft.job().externalId("order-3").done()))
          .containsExactly(third.id(), third.id());
      connection.commit();
      assertThat(node.push(Draft.job().externalId("order-2"))).isEqualTo(first);
    }
    assertThat(Actor.sum(node.status())).isEqualTo(3);
  }

  @Test
  default void aPushRepeatedUnderItsIdIsStoredOnce() throws SQLException {
    Actor node = Actor.on(open());
    NewJob job = Draft.job().done();
    try (Connection connection = transaction()) {
      assertThat(push(node.store, connection, job)).containsExactly(job.id());
      assertThat(push(node.store, connection, job)).containsExactly(job.id());
      connection.commit();
      assertThat(push(node.store, connection, job)).containsExactly(job.id());
      connection.commit();
    }
    assertThat(node.status().ready()).isEqualTo(1);
  }

  @Test
  default void whoPushesTheSameExternalIdMeanwhileGetsTheFirstOnesJob() throws Exception {
    JobStore store = open();
    store.push(List.of(Draft.job().done()));
    try (Connection first = transaction();
        Connection second = transaction()) {
      UUID id = push(store, first, Draft.job().externalId("order-1"));
      FutureTask<UUID> other =
          inBackground(() -> push(store, second, Draft.job().externalId("order-1")));
      assertThatThrownBy(() -> other.get(200, TimeUnit.MILLISECONDS))
          .as("nobody can know yet whose it is")
          .isInstanceOf(TimeoutException.class);
      first.commit();
      assertThat(soon(other)).isEqualTo(id);
      second.commit();
    }
    assertThat(store.queues().stream().mapToLong(Actor::sum).sum()).isEqualTo(2);
  }

  @Test
  default void anExternalIdThatWasRolledBackIsFree() throws Exception {
    JobStore store = open();
    store.push(List.of(Draft.job().done()));
    try (Connection first = transaction();
        Connection second = transaction()) {
      push(store, first, Draft.job().externalId("order-1"));
      UUID own = UUID.randomUUID();
      FutureTask<UUID> other =
          inBackground(() -> push(store, second, Draft.job(own).externalId("order-1")));
      first.rollback();
      assertThat(soon(other)).isEqualTo(own);
      second.commit();
      assertThat(store.find(List.of(own))).hasSize(1);
    }
  }

  @Test
  default void theConnectionStaysItsOwners() throws SQLException {
    JobStore store = open();
    for (boolean autoCommit : List.of(false, true)) {
      try (Connection connection = harness().connect()) {
        connection.setAutoCommit(autoCommit);
        Witness witness = new Witness();
        Connection wrapped = witness.wrap(connection);
        int isolation = connection.getTransactionIsolation();
        String catalog = connection.getCatalog();
        String schema = connection.getSchema();

        push(store, wrapped, Draft.job());
        assertThatThrownBy(() -> push(store, wrapped, Draft.job().queue("")))
            .isInstanceOf(PushRefused.class);

        if (!autoCommit) {
          assertThat(witness.seen()).isEmpty();
        }
        assertThat(connection.isClosed()).isFalse();
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        assertThat(connection.getCatalog()).isEqualTo(catalog);
        assertThat(connection.getSchema()).isEqualTo(schema);
        if (!autoCommit) {
          connection.commit();
        }
      }
    }
    assertThat(store.queues().stream().mapToLong(Actor::sum).sum()).isEqualTo(2);
  }

  @Test
  default void anEmptyListAsksNothing() throws SQLException {
    JobStore store = open();
    try (Connection connection = transaction()) {
      assertThat(((TransactionalStore) store).push(List.of(), connection)).isEmpty();
      connection.rollback();
    }
  }

  @Test
  default void manyJobsPassInOneTransaction() throws SQLException {
    Actor node = Actor.on(open());
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      jobs.add(Draft.job().done());
    }
    List<UUID> ids = new ArrayList<>();
    try (Connection connection = transaction()) {
      ids.addAll(((TransactionalStore) node.store).push(jobs.subList(0, 2_000), connection));
      ids.addAll(((TransactionalStore) node.store).push(jobs.subList(2_000, 2_500), connection));
      connection.commit();
    }
    assertThat(ids).isEqualTo(jobs.stream().map(NewJob::id).toList());
    assertThat(Actor.ids(node.lease(2_500))).as("in the order of the pushes").isEqualTo(ids);
  }

  @Test
  default void aWaitingNodeComesByItselfAfterTheCommit() throws SQLException {
    Actor pusher = Actor.on(open());
    Actor node = Actor.named("node-2", open());
    Set<String> told = ConcurrentHashMap.newKeySet();
    Subscription unused = node.store.listen(told::add);
    try (Connection connection = transaction()) {
      UUID id = push(pusher.store, connection, Draft.job());
      connection.commit();
      if (harness().tellsAfterCommit()) {
        await().atMost(PATIENCE).until(() -> told.contains(Actor.QUEUE));
      }
      List<UUID> found = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            found.addAll(Actor.ids(node.lease(1)));
            return !found.isEmpty();
          });
      assertThat(found).containsExactly(id);
    }
  }
}
