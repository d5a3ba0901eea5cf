package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.Order;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Db;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No statement of the hot path looks at more rows than it needs. */
final class QueryPlanTest {
  @TempDir Path folder;

  @Test
  void everyHotStatementUsesItsIndex() throws SQLException {
    SqliteFile file = new SqliteFile(folder.resolve("jobyard.db"));
    try (Db db = new Opening(file, StoreOptions.defaults()).writer()) {
      assertPlan(db, Leasing.PROMOTE, "jobyard_jobs_scheduled (queue=? AND run_at<?)");
      for (boolean kinds : new boolean[] {false, true}) {
        for (boolean slots : new boolean[] {false, true}) {
          assertPlan(db, Head.sql(Order.FIFO, kinds, slots), "jobyard_jobs_ready (queue=?)");
          assertPlan(
              db,
              Head.sql(Order.LIFO, kinds, slots),
              "jobyard_jobs_ready (queue=? AND priority=?)");
        }
      }
      assertPlan(
          db, Head.NEXT_PRIORITY, "COVERING INDEX jobyard_jobs_ready (queue=? AND priority>?)");
      assertPlan(db, Leasing.LEASED, "COVERING INDEX jobyard_jobs_running (session=? AND queue=?)");
      assertPlan(db, Counting.BACKLOG, "COVERING INDEX jobyard_jobs_ready (queue=?)");
      assertPlan(db, Leasing.TAKE, "INTEGER PRIMARY KEY (rowid=?)");
      assertPlan(db, Leasing.NEXT_DUE, "jobyard_jobs_scheduled (queue=?)");
      assertPlan(db, Endings.REMOVE, "INTEGER PRIMARY KEY (rowid=?)");
      assertPlan(db, Settling.HOLDS, "INTEGER PRIMARY KEY (rowid=?)");
      assertPlan(db, Sessions.HELD, "jobyard_jobs_running (session=?)");
      assertPlan(db, Sessions.CANCELS, "jobyard_jobs_running (session=?)");
      assertPlan(db, Orphanage.ORPHANS, "jobyard_jobs_running");
      assertPlan(db, Lookup.LIVE_BY_ID, "jobyard_jobs_id (id=?)");
      assertPlan(db, Lookup.ENDED_BY_ID, "jobyard_finished_id (id=?)");
      assertPlan(db, Operating.PURGE, "jobyard_finished_expires (expires_at>? AND expires_at<?)");
    }
  }

  @Test
  void countsAreReadFromIndexesAlone() throws SQLException {
    SqliteFile file = new SqliteFile(folder.resolve("jobyard.db"));
    try (Db db = new Opening(file, StoreOptions.defaults()).writer()) {
      assertThat(plan(db, Counting.COUNTS))
          .filteredOn(step -> step.contains("jobyard_jobs") || step.contains("jobyard_finished"))
          .allMatch(step -> step.contains("COVERING INDEX"));
    }
  }

  private static void assertPlan(Db db, String sql, String index) throws SQLException {
    List<String> plan = plan(db, sql);
    assertThat(plan).as(sql).anyMatch(step -> step.contains(index));
    assertThat(plan).as(sql).noneMatch(step -> step.contains("SCAN jobyard_jobs\n"));
    assertThat(plan).as(sql).noneMatch(step -> step.contains("TEMP B-TREE"));
  }

  private static List<String> plan(Db db, String sql) throws SQLException {
    return db.list("explain query plan " + sql, row -> row.getString(4) + "\n");
  }
}
