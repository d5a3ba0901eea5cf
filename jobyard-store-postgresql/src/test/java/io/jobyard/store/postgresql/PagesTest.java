package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.Lease;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.TableNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How many pages leases and settlements read: not more because jobs ended before, also where the
 * server may clean up nothing of them, and whatever it thought of the tables when it made its
 * plans.
 */
final class PagesTest {
  private static final long DEAD = 5_000;
  private static final int BATCH = 500;
  private static final int FEW = 50;

  /** If each of the later leases walked over the first dead. */
  private static final long EACH = DEAD / FEW * DEAD;

  /** A few for each of the indexes and tables that a job is looked up in, taken from and put to. */
  private static final int PAGES_A_JOB = 30;

  private static final Pattern HIT = Pattern.compile(" *Buffers: shared hit=(\\d+).*");

  private static final String WALKED =
      """
      select idx_tup_read
        from pg_stat_all_indexes
       where schemaname = ?
         and indexrelname = 'jobyard_line_order'
      """;

  private final PostgresHarness harness = new PostgresHarness();

  @AfterEach
  void close() {
    harness.close();
  }

  private Sql sql() {
    return new Sql(TableNames.in(harness.schema(), "jobyard_"), Sql.SERVER_CLOCK);
  }

  private static void pushAndDrain(Worker worker, int batch) {
    worker.push(DEAD);
    for (long done = 0; done < DEAD; done += batch) {
      assertThat(worker.done(worker.store.lease(worker.busyRequest(batch)).leases())).isZero();
    }
  }

  @Test
  void leasesDoNotWalkOverTheDeadWhileATransactionIsOpen() throws SQLException {
    Worker worker = new Worker(harness.open());
    try (Connection holder = harness.connect();
        Statement hold = holder.createStatement();
        Db db = new Db(harness.connect())) {
      holder.setAutoCommit(false);
      hold.execute("select pg_current_xact_id()");
      pushAndDrain(worker, BATCH);
      pushAndDrain(worker, FEW);
      // Its connections tell what they have read when they end.
      worker.store.close();
      await().atMost(Duration.ofMinutes(1)).until(() -> walked(db) >= 2 * DEAD);
      assertThat(walked(db))
          .as("entries of the index; with every lease walking over the dead %,d", EACH)
          .isLessThan(EACH / 2);
      holder.rollback();
    }
  }

  private long walked(Db db) throws SQLException {
    return db.list(WALKED, row -> row.getLong(1), harness.schema()).getFirst();
  }

  @Test
  void plansMadeForEmptyTablesServeFullOnes() throws SQLException {
    Worker worker = new Worker(harness.open());
    try (Db db = new Db(harness.connect())) {
      for (String table : List.of("jobs", "line", "later", "leased", "external", "finished")) {
        db.script("vacuum analyze " + sql().fill("{t}" + table));
      }
      worker.push(DEAD);
      for (long taken = 0; taken < DEAD / 2; taken += BATCH) {
        worker.lease(BATCH);
      }
      List<Lease> leases = worker.lease(FEW);
      db.script(Pool.OURS);
      assertThat(pages(db, sql().fill(Settling.REMOVE), keys(db, leases)))
          .isLessThan(FEW * PAGES_A_JOB);
    }
  }

  /** What the part of the statement that reads most has read. */
  private static long pages(Db db, String statement, Object... parameters) throws SQLException {
    List<String> plan =
        db.list(
            "explain (analyze, buffers, timing off, costs off) " + statement,
            row -> row.getString(1),
            parameters);
    return plan.stream()
        .map(HIT::matcher)
        .filter(Matcher::matches)
        .mapToLong(hit -> Long.parseLong(hit.group(1)))
        .max()
        .orElseThrow();
  }

  private static Object[] keys(Db db, List<Lease> leases) throws SQLException {
    Columns<Lease> column = new Columns<>(db, leases);
    return new Object[] {
      true,
      column.ints(lease -> 1),
      column.longs(lease -> lease.key().seq()),
      column.longs(lease -> lease.key().fence()),
      column.longs(lease -> lease.key().token()),
      column.uuids(lease -> lease.key().id()),
      "node-1"
    };
  }
}
