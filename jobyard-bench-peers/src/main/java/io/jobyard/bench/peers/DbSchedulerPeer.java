package io.jobyard.bench.peers;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** db-scheduler with lock-and-fetch, which its documentation has for high throughput. */
final class DbSchedulerPeer extends ThreadPeer {
  private static final double LOWER = 0.5;
  private static final double UPPER = 4.0;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BATCH = 1_000;

  /** Its table for PostgreSQL, with the indexes it recommends. */
  private static final String TABLE =
      """
      create table if not exists scheduled_tasks (
        task_name            text not null,
        task_instance        text not null,
        task_data            bytea,
        execution_time       timestamp with time zone,
        picked               boolean not null,
        picked_by            text,
        last_success         timestamp with time zone,
        last_failure         timestamp with time zone,
        consecutive_failures int,
        last_heartbeat       timestamp with time zone,
        version              bigint not null,
        priority             smallint,
        state                text,
        primary key (task_name, task_instance)
      );
      create index if not exists execution_time_idx on scheduled_tasks (execution_time);
      create index if not exists last_heartbeat_idx on scheduled_tasks (last_heartbeat);
      """;

  private final HikariDataSource pool;
  private final OneTimeTask<Void> task =
      Tasks.oneTime("no-op").execute((job, context) -> Tally.ran());
  private final SchedulerClient client;
  private @Nullable Scheduler scheduler;
  private long next;

  DbSchedulerPeer(String url) throws SQLException {
    pool = Pools.hikari(url, THREADS + 5);
    try (var connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
    client = SchedulerClient.Builder.create(pool, task).build();
  }

  @Override
  public About about() {
    return new About(
        "db-scheduler",
        Pools.version(Scheduler.class),
        THREADS
            + " threads of one JVM, pollUsingLockAndFetch(0.5, 4.0), poll interval 100 ms,"
            + " scheduleBatch by "
            + BATCH);
  }

  @Override
  public void pushOne(int jobs) {
    // Through the scheduler where there is one: that is what its immediate execution needs.
    SchedulerClient through = scheduler == null ? client : scheduler;
    for (int i = 0; i < jobs; i++) {
      through.scheduleIfNotExists(task.instance(Long.toString(next++)), Instant.now());
    }
  }

  @Override
  public void pushAll(int jobs) {
    push(jobs, Instant.now());
  }

  @Override
  public void pushLater(int jobs) {
    push(jobs, Instant.now().plus(1, ChronoUnit.DAYS));
  }

  private void push(int jobs, Instant when) {
    for (int left = jobs; left > 0; left -= BATCH) {
      List<TaskInstance<?>> batch = new ArrayList<>();
      for (int i = Math.min(left, BATCH); i > 0; i--) {
        batch.add(task.instance(Long.toString(next++)));
      }
      client.scheduleBatch(batch, when);
    }
  }

  @Override
  public void start() {
    Scheduler started =
        Scheduler.create(pool, task)
            .threads(THREADS)
            .pollUsingLockAndFetch(LOWER, UPPER)
            .pollingInterval(POLL)
            .enableImmediateExecution()
            .shutdownMaxWait(PATIENCE)
            .build();
    started.start();
    scheduler = started;
  }

  @Override
  public void stop() {
    if (scheduler != null) {
      scheduler.stop();
      scheduler = null;
    }
  }

  @Override
  public void close() {
    stop();
    pool.close();
  }
}
