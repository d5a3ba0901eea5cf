package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.NewJob;
import io.jobyard.store.Session;
import io.jobyard.store.TransactionalStore;
import io.jobyard.store.jdbc.Head;
import io.jobyard.store.jdbc.Heads;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A job whose transaction committed after later ones were leased, in a queue where the start of the
 * line has become too dear to be read at every lease.
 */
final class LateCommitTest {
  private static final int MANY = 500;

  /** Now and then the start is read by chance, and the late job found at once. */
  private static final int ROUNDS = 5;

  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  @Test
  void whoIsGivenTooFewIsToldWhenTheStartIsReadAgain() throws Exception {
    try (JobStore store = Jobs.open(url);
        Database database =
            new Database(MysqlUrl.of(url), Duration.ofSeconds(30), Sql.SERVER_CLOCK);
        Bell bell = new Bell(database);
        Connection connection = server.connect(url)) {
      connection.setAutoCommit(false);
      Session session = Jobs.join(store, "app");
      Leasing leasing =
          new Leasing(database, bell, new Queues(database), new Heads(), Duration.ZERO);
      store.push(Jobs.jobs(3 * MANY));
      for (int batch = 0; batch < 3; batch++) {
        settle(store, leasing.lease(request(session)).leases());
      }
      for (int round = 0; round < ROUNDS; round++) {
        NewJob late = Jobs.job();
        ((TransactionalStore) store).push(List.of(late), connection);
        store.push(Jobs.jobs(1));
        assertThat(settle(store, leasing.lease(request(session)).leases())).hasSize(1);
        connection.commit();
        Leased first = leasing.lease(request(session));
        if (first.leases().isEmpty()) {
          assertThat(first.nextDue()).isNotNull().isLessThanOrEqualTo(Head.FROM_START);
        }
        List<UUID> found = settle(store, first.leases());
        await()
            .pollInterval(Head.FROM_START.dividedBy(2))
            .until(() -> {
              found.addAll(settle(store, leasing.lease(request(session)).leases()));
              return found.contains(late.id());
            });
      }
    }
  }

  private static LeaseRequest request(Session session) {
    return new LeaseRequest(session, Jobs.QUEUE, MANY, Long.MAX_VALUE, Set.of());
  }

  private static List<UUID> settle(JobStore store, List<Lease> leases) {
    assertThat(store.settle(leases.stream().map(Jobs::done).toList())).isEmpty();
    return new ArrayList<>(leases.stream().map(lease -> lease.key().id()).toList());
  }
}
