package io.jobyard.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Quartz with its JDBC store: one durable job, a trigger for each push, triggers in batches. */
@SuppressWarnings("JavaUtilDate") // Quartz asks for it.
final class QuartzPeer extends ThreadPeer {
  private static final int BATCH = 20;
  private static final int STORED_AT_ONCE = 500;
  private static final String SCRIPT = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";

  private final Scheduler scheduler;
  private final JobDetail job =
      JobBuilder.newJob(NoOp.class).withIdentity("no-op").storeDurably().build();

  /** The job. */
  public static final class NoOp implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      Tally.ran();
    }
  }

  QuartzPeer(String url) throws SQLException, IOException, SchedulerException {
    createTables(url);
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "org.quartz.scheduler.instanceName", "bench",
            "org.quartz.threadPool.threadCount", Integer.toString(THREADS),
            "org.quartz.scheduler.batchTriggerAcquisitionMaxCount", Integer.toString(BATCH),
            "org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX",
            "org.quartz.jobStore.driverDelegateClass",
                "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate",
            "org.quartz.jobStore.acquireTriggersWithinLock", "true",
            "org.quartz.jobStore.dataSource", "bench"));
    settings.putAll(
        Map.of(
            "org.quartz.dataSource.bench.provider", "hikaricp",
            "org.quartz.dataSource.bench.driver", "org.postgresql.Driver",
            "org.quartz.dataSource.bench.URL", Pools.plainUrl(url),
            "org.quartz.dataSource.bench.user", Pools.user(url),
            "org.quartz.dataSource.bench.password", Pools.password(url),
            "org.quartz.dataSource.bench.maxConnections", Integer.toString(THREADS + 5)));
    scheduler = new StdSchedulerFactory(settings).getScheduler();
    scheduler.addJob(job, true);
  }

  @Override
  public About about() {
    return new About(
        "Quartz",
        Pools.version(Scheduler.class),
        THREADS + " threads of one JVM, JobStoreTX, batchTriggerAcquisitionMaxCount " + BATCH);
  }

  @Override
  public void pushOne(int jobs) throws SchedulerException {
    for (int i = 0; i < jobs; i++) {
      scheduler.scheduleJob(trigger(Date.from(Instant.now())));
    }
  }

  @Override
  public void pushAll(int jobs) throws SchedulerException {
    push(jobs, Date.from(Instant.now()));
  }

  @Override
  public void pushLater(int jobs) throws SchedulerException {
    push(jobs, Date.from(Instant.now().plus(1, ChronoUnit.DAYS)));
  }

  /** All triggers of one call are stored in one transaction; each call needs a job of its own. */
  private void push(int jobs, Date when) throws SchedulerException {
    for (int left = jobs; left > 0; left -= STORED_AT_ONCE) {
      Map<JobDetail, Set<? extends Trigger>> batch = new HashMap<>();
      for (int i = Math.min(left, STORED_AT_ONCE); i > 0; i--) {
        JobDetail own = JobBuilder.newJob(NoOp.class).build();
        batch.put(own, Set.of(TriggerBuilder.newTrigger().startAt(when).build()));
      }
      scheduler.scheduleJobs(batch, false);
    }
  }

  private Trigger trigger(Date when) {
    return TriggerBuilder.newTrigger().forJob(job).startAt(when).build();
  }

  @Override
  public void start() throws SchedulerException {
    scheduler.start();
  }

  @Override
  public void stop() throws SchedulerException {
    scheduler.standby();
  }

  @Override
  public void close() throws IOException {
    try {
      scheduler.shutdown();
    } catch (SchedulerException e) {
      throw new IOException(e);
    }
  }

  private static void createTables(String url) throws SQLException, IOException {
    try (InputStream script = Scheduler.class.getResourceAsStream(SCRIPT);
        Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (script == null) {
        throw new IOException("Quartz no longer brings " + SCRIPT);
      }
      statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
