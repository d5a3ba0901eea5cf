package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.Dispatcher;
import io.jobyard.run.Foreman;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a queue's worker processes alive. One that dies is replaced: at once if it had worked,
 * after a growing pause if it came to nothing, so that a queue whose workers cannot start does not
 * fork in a circle, and recovers by itself once they can.
 *
 * <p>Each queue has its own, with its own thread: the trouble of one is not another's. Posts are
 * only touched on that thread. Start once; {@link #stop} may be called twice, or without a start.
 */
public final class Crewing {
  private static final Logger LOG = LoggerFactory.getLogger(Crewing.class);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(60);

  /** How often to look whether a worker whose like died has finished a job. */
  private static final Duration PROOF = Duration.ofSeconds(1);

  private static final String NOT_UP = "a worker did not come up";
  private static final long MEGABYTE = 1024 * 1024;

  private final Setup setup;
  private final Orders orders;
  private final LaunchPlan plan;
  private final Dispatcher dispatcher;
  private final Errands errands;
  private final Backing backing = new Backing(RandomGenerator.getDefault());
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<String, WorkerProcess> alive = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread;
  private final Cells cells;
  private final CountDownLatch empty = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile @Nullable String trouble;
  private boolean dying;

  /**
   * What a queue's workers need.
   *
   * @param classPath the jobs' code, then Jobyard's
   * @param kinds the file that holds the index of kinds
   * @param dir for boards and error logs
   * @param foreman whose dispatcher they work for
   * @param leases when their runs must have stopped; see {@link #leasesValidUntil}
   */
  public record Setup(
      Config config,
      QueueConfig queue,
      Foreman foreman,
      LongSupplier leases,
      Gate gate,
      LiveRuns live,
      List<String> classPath,
      Path kinds,
      Path dir) {}

  public Crewing(Setup setup) {
    this.setup = setup;
    Config config = setup.config;
    QueueConfig queue = setup.queue;
    this.orders =
        new Orders(
            new WorkerSettings(
                config.node(),
                queue.name(),
                1,
                queue.threads(),
                queue.killGrace(),
                Stream.of(config.onStart(), queue.onStart()).filter(Objects::nonNull).toList(),
                queue.onFailure(),
                setup.kinds.toString(),
                queue.commands()),
            setup.leases,
            setup.live);
    this.plan =
        new LaunchPlan(
            Path.of(System.getProperty("java.home")),
            queue.memory(),
            queue.threads(),
            setup.classPath,
            config.base().toAbsolutePath(),
            setup.dir);
    this.dispatcher = setup.foreman.dispatcher(queue.name());
    this.errands = new Errands(queue.name(), setup.foreman);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("jobyard-crew-" + queue.name()).factory());
    this.cells = new Cells(this::later, this::fill);
    dispatcher.isolateIn(cells);
  }

  /** Starts the workers; returns at once. */
  public void start() {
    thread.execute(() -> {
      for (int i = 0; i < setup.queue.processes(); i++) {
        fill(new Post(Place.slot(i)));
      }
    });
  }

  /** Tells every worker until when the leases hold. */
  public void leasesValidUntil(long moment) {
    alive.values().forEach(worker -> worker.leasesValidUntil(moment));
  }

  /** From now on a worker that dies is not replaced. */
  public void startNoMore() {
    stopping = true;
  }

  /** Kills what runs, for a stop that cannot wait; replacements are not started any more. */
  public void kill(String why) {
    stopping = true;
    alive.values().forEach(worker -> worker.kill(why));
  }

  /** Lets every worker leave and waits for it; those that have not left in time are killed. */
  public void stop(Duration patience) throws InterruptedException {
    stopping = true;
    thread.execute(() -> {
      alive.values().forEach(WorkerProcess::retire);
      lookIfEmpty();
    });
    if (!empty.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      alive.values().forEach(worker -> worker.kill("the node stops"));
      if (!empty.await(5, TimeUnit.SECONDS)) {
        LOG.warn("workers of queue {} are still there: {}", setup.queue.name(), alive.keySet());
      }
    }
    thread.shutdown();
    errands.close();
  }

  // ---- on the queue's own thread ----

  private void fill(Post post) {
    if (stopping) {
      return;
    }
    WorkerProcess worker = null;
    try {
      String name = setup.queue.name() + "-" + numbers.incrementAndGet();
      worker =
          new WorkerProcess(
              new WorkerProcess.Staff(
                  orders, plan, setup.gate, dispatcher, errands, new Employer(post)),
              post.place,
              name);
      alive.put(name, worker);
      worker.start();
      expectHello(worker);
    } catch (IOException e) {
      if (worker != null) {
        alive.remove(worker.name());
      }
      post.failed();
      tryLater(post, NOT_UP, "its process could not be started: " + e);
    }
  }

  private void expectHello(WorkerProcess worker) {
    var unused =
        thread.schedule(
            () -> {
              if (!worker.greeted()) {
                worker.kill("it did not say hello within " + HELLO_PATIENCE.toSeconds() + " s");
              }
            },
            HELLO_PATIENCE.toSeconds(),
            TimeUnit.SECONDS);
  }

  private void ended(Post post, WorkerProcess worker, String why) {
    alive.remove(worker.name());
    if (stopping) {
      lookIfEmpty();
    } else if (worker.wasReady() && (worker.hasWorked() || worker.retiring())) {
      LOG.info("worker {} (pid {}) is gone: {}", worker.name(), worker.pid(), why);
      post.worked(worker.doneCount() > 0 || worker.retiring());
      if (post.place.isolated()) {
        cells.closed();
      } else if (post.dying()) {
        dying = true;
        tryLater(post, "workers die before they finish a job", why);
      } else {
        fill(post);
      }
    } else {
      post.failed();
      if (worker.killedFromOutside()) {
        post.disturbed();
      }
      tryLater(post, NOT_UP, why);
    }
  }

  private void tryLater(Post post, String what, String why) {
    Duration delay = post.pause(backing);
    if (!why.equals(trouble)) {
      trouble = why;
      LOG.error(
          "queue {}: {}: {}; trying again, at most every 30 s", setup.queue.name(), what, why);
    }
    var unused = thread.schedule(() -> fill(post), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void up(WorkerProcess worker) {
    if (trouble == null) {
      return;
    }
    if (!dying || worker.doneCount() > 0) {
      LOG.info("queue {}: workers come up again", setup.queue.name());
      trouble = null;
      dying = false;
    } else if (alive.containsKey(worker.name())) {
      var unused = thread.schedule(() -> up(worker), PROOF.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void lookIfEmpty() {
    if (alive.isEmpty()) {
      empty.countDown();
    }
  }

  private void later(Runnable task) {
    if (!thread.isShutdown()) {
      thread.execute(task);
    }
  }

  // ---- for pages ----

  public String queue() {
    return setup.queue.name();
  }

  /** Why workers do not come up; null while they do. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** The workers there are, oldest first. */
  public List<WorkerView> workers() {
    return alive.values().stream()
        .map(this::view)
        .sorted(Comparator.comparingLong(WorkerView::uptimeS).reversed())
        .toList();
  }

  private WorkerView view(WorkerProcess worker) {
    List<String> jobs =
        dispatcher.running(worker).stream().map(lease -> lease.key().id().toString()).toList();
    return new WorkerView(
        worker.pid(),
        setup.queue.name(),
        orders.settings().generation(),
        state(worker, jobs).word(),
        jobs,
        worker.doneCount(),
        worker.heapUsed() / MEGABYTE,
        Rss.of(worker.pid()) / MEGABYTE,
        worker.uptimeSeconds());
  }

  private static WorkerView.State state(WorkerProcess worker, List<String> jobs) {
    if (worker.retiring()) {
      return WorkerView.State.DRAINING;
    }
    if (!worker.wasReady()) {
      return WorkerView.State.STARTING;
    }
    return jobs.isEmpty() ? WorkerView.State.IDLE : WorkerView.State.BUSY;
  }

  private final class Employer implements WorkerProcess.Employer {
    private final Post post;

    Employer(Post post) {
      this.post = post;
    }

    @Override
    public void up(WorkerProcess worker) {
      later(() -> Crewing.this.up(worker));
    }

    @Override
    public void ended(WorkerProcess worker, String why) {
      later(() -> Crewing.this.ended(post, worker, why));
    }
  }
}
