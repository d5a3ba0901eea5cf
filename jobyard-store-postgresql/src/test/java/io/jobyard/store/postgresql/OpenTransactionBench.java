package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a transaction that is held open costs: 200,000 jobs are pushed and drained, and the rate of
 * the last 50,000 is compared with that of a run without; {@code -Dtests.excluded=
 * -Dtests.included=bench}.
 */
@Tag("bench")
final class OpenTransactionBench {
  private static final int JOBS = 200_000;
  private static final int LAST = 50_000;
  private static final int BATCH = 200;
  private static final int PUSHED_AT_ONCE = 1_000;

  private final PostgresServer server = PostgresServer.shared();

  @Test
  void theLastJobsDrainNearlyAsFast() throws SQLException {
    double[] without = new double[2];
    double[] with = new double[2];
    // Alternately, as the machine has other things to do.
    for (int round = 0; round < 2; round++) {
      without[round] = lastRate(false);
      with[round] = lastRate(true);
    }
    double ratio = (with[0] + with[1]) / (without[0] + without[1]);
    System.out.printf("last %,d under an open transaction: %.0f %%%n", LAST, 100 * ratio);
    assertThat(ratio).isGreaterThanOrEqualTo(0.8);
  }

  private double lastRate(boolean open) throws SQLException {
    String url = server.freshUrl();
    try (JobStore store = new PostgresStoreProvider().open(url, StoreOptions.defaults());
        Connection holder = server.connect();
        Statement statement = holder.createStatement()) {
      if (open) {
        holder.setAutoCommit(false);
        // Gives it a number and a snapshot: nothing that it might see can be cleaned up.
        statement.execute("set transaction isolation level repeatable read");
        statement.execute("select pg_current_xact_id()");
      }
      Worker worker = new Worker(store);
      for (long pushed = 0; pushed < JOBS; pushed += PUSHED_AT_ONCE) {
        worker.push((long) PUSHED_AT_ONCE);
      }
      double first = drain(worker, LAST);
      drain(worker, JOBS - 2 * LAST);
      double last = drain(worker, LAST);
      System.out.printf(
          "%s: first %,d at %,.0f/s, last at %,.0f/s%n",
          open ? "with an open transaction" : "without", LAST, first, last);
      return last;
    } finally {
      server.drop(url);
    }
  }

  /** Jobs a second. */
  private static double drain(Worker worker, int count) {
    long start = System.nanoTime();
    for (int done = 0; done < count; done += BATCH) {
      List<Lease> leases = worker.store.lease(worker.busyRequest(BATCH)).leases();
      assertThat(leases).hasSize(BATCH);
      assertThat(worker.done(leases)).isZero();
    }
    return count * 1e9 / (System.nanoTime() - start);
  }
}
