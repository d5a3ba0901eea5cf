package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import io.jobyard.store.TransactionalStore;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Head;
import io.jobyard.store.jdbc.TableNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The head of a queue's line: found by its index, and nothing behind a remembered place is lost.
 */
final class LineTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final PostgresHarness harness = new PostgresHarness();
  private Worker worker;

  @BeforeEach
  void drainMany() {
    worker = new Worker(harness.open());
    worker.push(1_500L);
    assertThat(worker.done(worker.lease(1_200))).isZero();
    worker.push(3_000L);
  }

  @AfterEach
  void close() {
    harness.close();
  }

  private void leasesUntilFound(UUID id) {
    List<UUID> found = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          found.addAll(Worker.ids(worker.lease(1)));
          return found.contains(id);
        });
  }

  @Test
  void aJobWhoseTransactionCommittedLateIsFound() throws SQLException {
    try (Connection connection = harness.connect()) {
      connection.setAutoCommit(false);
      UUID late =
          ((TransactionalStore) worker.store)
              .push(List.of(Worker.job(0, null)), connection)
              .getFirst();
      List<UUID> after = worker.push(50L);
      assertThat(Worker.ids(worker.lease(3_310))).doesNotContain(late).contains(after.getFirst());
      connection.commit();
      leasesUntilFound(late);
    }
  }

  @Test
  void aHigherPriorityOfAnotherStoreComesFirst() {
    Worker other = new Worker(harness.open());
    assertThat(worker.lease(10)).hasSize(10);
    leasesUntilFound(other.push(-5));
  }

  @ParameterizedTest
  @EnumSource
  void everyLeaseGoesAlongItsIndex(Order order) throws SQLException {
    Sql sql = new Sql(TableNames.in(harness.schema(), "jobyard_"), Sql.SERVER_CLOCK);
    Head.Begin begin = new Head.Begin(new Head.Place(0, 1_200), 0);
    try (Db db = new Db(harness.connect())) {
      db.script(Pool.OURS);
      int queue =
          db.list(sql.fill("select number from {t}queues"), row -> row.getInt(1)).getFirst();
      for (Set<String> kinds : List.of(Set.<String>of(), Set.of("send-welcome"))) {
        for (Slots slots : new Slots[] {null, new Slots(2, Set.of(1))}) {
          LeaseRequest request =
              new LeaseRequest(
                  worker.session, Worker.QUEUE, 10, Long.MAX_VALUE, kinds, order, 5, slots);
          List<String> plan =
              db.list(
                  "explain (costs off) " + sql.fill(Leasing.statement(request)),
                  row -> row.getString(1),
                  Leasing.parameters(db, request, queue, begin, false));
          assertThat(plan)
              .anyMatch(step -> step.contains("using jobyard_line_order on jobyard_line"))
              .anyMatch(step -> step.contains("using jobyard_leased_pkey on jobyard_leased"))
              .anyMatch(step -> step.contains("using jobyard_jobs_id on jobyard_jobs"))
              .noneMatch(step -> step.matches(".*(Seq Scan|Hash|Merge|Bitmap).*"));
          if (order == Order.FIFO) {
            assertThat(plan)
                .anyMatch(
                    step -> step.contains("Index Cond") && step.contains("ROW(priority, seq)"));
          }
        }
      }
    }
  }
}
