package io.jobyard.bench.peers;

import java.io.Serializable;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RScheduledExecutorService;
import org.redisson.api.RedissonClient;
import org.redisson.api.WorkerOptions;
import org.redisson.config.Config;

/** Redisson's distributed executor: serialised tasks, batches of them. */
final class RedissonPeer extends ThreadPeer {
  private static final int BATCH = 1_000;

  private final RedissonClient client;
  private final RScheduledExecutorService executor;

  /** The job. */
  static final class NoOp implements Runnable, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void run() {
      Tally.ran();
    }
  }

  RedissonPeer(String url) {
    Config config = new Config();
    config.useSingleServer().setAddress(url);
    client = Redisson.create(config);
    executor = client.getExecutorService("bench");
  }

  @Override
  public About about() {
    return new About(
        "Redisson executor",
        Pools.version(Redisson.class),
        THREADS + " workers (threads of one JVM), execute(Runnable...) by " + BATCH);
  }

  @Override
  public void pushOne(int jobs) {
    for (int i = 0; i < jobs; i++) {
      executor.execute(new NoOp());
    }
  }

  @Override
  public void pushAll(int jobs) {
    for (int left = jobs; left > 0; left -= BATCH) {
      Runnable[] batch = new Runnable[Math.min(left, BATCH)];
      Arrays.setAll(batch, i -> new NoOp());
      executor.execute(batch);
    }
  }

  @Override
  public void pushLater(int jobs) {
    for (int i = 0; i < jobs; i++) {
      var unused = executor.schedule(new NoOp(), 1, TimeUnit.DAYS);
    }
  }

  @Override
  public void start() {
    executor.registerWorkers(WorkerOptions.defaults().workers(THREADS));
  }

  @Override
  public void stop() {
    executor.deregisterWorkers();
  }

  @Override
  public void close() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
