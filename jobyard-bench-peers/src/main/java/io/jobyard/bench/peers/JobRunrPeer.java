package io.jobyard.bench.peers;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.states.ScheduledState;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/** JobRunr, the free edition: job requests, bulk enqueue, its smallest poll interval. */
final class JobRunrPeer extends ThreadPeer {
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final int BATCH = 1_000;

  private final HikariDataSource pool;
  private final StorageProvider storage;
  private final JobRequestScheduler scheduler;
  private final BackgroundJobServer server;
  private boolean started;

  /** The job. */
  record NoOp(String text) implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }
  }

  /** Runs it. */
  public static final class Handler implements JobRequestHandler<NoOp> {
    @Override
    public void run(NoOp job) {
      Tally.ran();
    }
  }

  JobRunrPeer(String url) {
    pool = Pools.hikari(url, THREADS + 5);
    storage = SqlStorageProviderFactory.using(pool);
    storage.setJobMapper(new org.jobrunr.jobs.mappers.JobMapper(new Jackson3JsonMapper()));
    scheduler = new JobRequestScheduler(storage);
    server =
        new BackgroundJobServer(
            storage,
            new Jackson3JsonMapper(),
            null,
            BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(THREADS)
                .andPollInterval(POLL));
  }

  @Override
  public About about() {
    return new About(
        "JobRunr",
        Pools.version(StorageProvider.class),
        THREADS
            + " workers (threads of one JVM), poll interval 5 s, the smallest it takes, bulk enqueue by "
            + BATCH);
  }

  @Override
  public void pushOne(int jobs) {
    for (int i = 0; i < jobs; i++) {
      scheduler.enqueue(new NoOp("x"));
    }
  }

  @Override
  public void pushAll(int jobs) {
    scheduler.enqueue(IntStream.range(0, jobs).mapToObj(i -> new NoOp("x")));
  }

  @Override
  public void pushLater(int jobs) {
    Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS);
    JobDetails details = new JobDetails(new NoOp("x"));
    for (int left = jobs; left > 0; left -= BATCH) {
      storage.save(
          IntStream.range(0, Math.min(left, BATCH))
              .mapToObj(i -> new Job(UUID.randomUUID(), details, new ScheduledState(tomorrow)))
              .toList());
    }
  }

  @Override
  public void start() {
    if (started) {
      server.resumeProcessing();
    } else {
      server.start();
      started = true;
    }
  }

  @Override
  public void stop() {
    server.pauseProcessing();
  }

  @Override
  public void close() {
    server.stop();
    storage.close();
    pool.close();
  }
}
