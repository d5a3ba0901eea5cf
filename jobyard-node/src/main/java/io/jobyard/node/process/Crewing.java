package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.generation.Generation;
import io.jobyard.node.generation.Ranks;
import io.jobyard.run.Dispatcher;
import io.jobyard.run.Foreman;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
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
 *
 * <p>Another generation is tried out beside the workers there are, one candidate a post; adopted,
 * each takes its post, and the old holder leaves.
 */
public final class Crewing implements Ranks {
  private static final Logger LOG = LoggerFactory.getLogger(Crewing.class);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(60);

  /** How often to look whether a worker whose like died has finished a job. */
  private static final Duration PROOF = Duration.ofSeconds(1);

  private static final String NOT_UP = "a worker did not come up";

  private final Setup setup;
  private final Dispatcher dispatcher;
  private final Errands errands;
  private final Backing backing = new Backing(RandomGenerator.getDefault());
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<String, WorkerProcess> alive = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread;
  private final Cells cells;
  private final CountDownLatch empty = new CountDownLatch(1);
  private final List<Post> posts = new ArrayList<>();
  private volatile Team team;
  private @Nullable Tryout tryout;
  private volatile boolean stopping;
  private volatile @Nullable String trouble;
  private boolean dying;

  /**
   * What a queue's workers need.
   *
   * @param generation the first
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
      Generation generation,
      Path dir) {}

  public Crewing(Setup setup) {
    this.setup = setup;
    this.team = Team.of(setup, setup.generation);
    this.dispatcher = setup.foreman.dispatcher(setup.queue.name());
    this.errands = new Errands(setup.queue.name(), setup.foreman);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("jobyard-crew-" + setup.queue.name()).factory());
    this.cells = new Cells(this::later, this::fill);
    dispatcher.isolateIn(cells);
  }

  /** Starts the workers; returns at once. */
  public void start() {
    thread.execute(() -> {
      for (int i = 0; i < setup.queue.processes(); i++) {
        Post post = new Post(Place.slot(i));
        posts.add(post);
        fill(post);
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

  /** Kills the worker of this process number, which is replaced; false if there is none. */
  public boolean kill(long pid, String why) {
    Optional<WorkerProcess> worker = worker(pid);
    worker.ifPresent(found -> found.kill(why));
    return worker.isPresent();
  }

  /** Lets a worker finish what it runs, then replaces it; false if there is none. */
  public boolean drain(long pid) {
    Optional<WorkerProcess> worker = worker(pid);
    worker.ifPresent(found -> later(() -> letGo(found)));
    return worker.isPresent();
  }

  private Optional<WorkerProcess> worker(long pid) {
    return alive.values().stream().filter(worker -> worker.pid() == pid).findFirst();
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
    if (stopping || post.holder != null) {
      return;
    }
    try {
      post.holder = hire(team, post, WorkerProcess.Entry.AT_ONCE);
    } catch (IOException e) {
      post.failed();
      tryLater(post, NOT_UP, "its process could not be started: " + e);
    }
  }

  private WorkerProcess hire(Team from, Post post, WorkerProcess.Entry entry) throws IOException {
    String name = setup.queue.name() + "-" + numbers.incrementAndGet();
    var worker =
        new WorkerProcess(
            new WorkerProcess.Staff(
                from.orders(), from.plan(), setup.gate, dispatcher, errands, new Employer(post)),
            post.place,
            name,
            entry);
    alive.put(name, worker);
    try {
      worker.start();
    } catch (IOException e) {
      alive.remove(name);
      throw e;
    }
    expectHello(worker);
    return worker;
  }

  private WorkerProcess candidate(Team from, Post post) throws IOException {
    return hire(from, post, WorkerProcess.Entry.WHEN_ADMITTED);
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
    if (tryout != null && tryout.lost(worker, why)) {
      LOG.info("worker {} (pid {}) is gone: {}", worker.name(), worker.pid(), why);
    }
    if (stopping) {
      lookIfEmpty();
    } else if (post.holder != worker) {
      LOG.debug("worker {} has left its post: {}", worker.name(), why);
    } else {
      post.holder = null;
      replace(post, worker, why);
    }
  }

  private void replace(Post post, WorkerProcess worker, String why) {
    if (worker.wasReady() && (worker.hasWorked() || worker.retiring())) {
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
      } else if (!worker.greeted()) {
        team.generation().cache().distrust("a worker that started from it came to nothing");
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
    if (tryout != null && tryout.ready(worker)) {
      return;
    }
    comeUp(worker);
  }

  private void comeUp(WorkerProcess worker) {
    if (trouble == null) {
      return;
    }
    if (!dying || worker.doneCount() > 0) {
      LOG.info("queue {}: workers come up again", setup.queue.name());
      trouble = null;
      dying = false;
    } else if (alive.containsKey(worker.name())) {
      var unused = thread.schedule(() -> comeUp(worker), PROOF.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  // ---- another generation ----

  @Override
  public void tryOut(Generation next, Verdict verdict) {
    later(() -> {
      tryout = new Tryout(Team.of(setup, next), posts, verdict, this::candidate);
      tryout.startMore();
    });
  }

  @Override
  public CompletableFuture<Void> adopt() {
    var adopted = new CompletableFuture<Void>();
    try {
      thread.execute(() -> {
        try {
          Tryout tried = tryout;
          if (tried != null && !stopping) {
            tryout = null;
            team = tried.team();
            takeOver(tried.candidates());
          }
        } finally {
          adopted.complete(null);
        }
      });
    } catch (RejectedExecutionException e) {
      adopted.complete(null); // the node stops: nobody gets jobs any more
    }
    return adopted;
  }

  /** The new ones first, so that at no moment fewer workers take jobs. */
  private void takeOver(Map<Post, WorkerProcess> candidates) {
    var leaving = new ArrayList<WorkerProcess>();
    for (Post post : posts) {
      if (post.holder != null) {
        leaving.add(post.holder);
      }
      post.holder = candidates.get(post);
      post.worked(true);
      if (post.holder != null) {
        post.holder.admit();
        comeUp(post.holder);
      }
    }
    leaving.forEach(this::letGo);
    posts.forEach(this::fill);
  }

  private void letGo(WorkerProcess worker) {
    if (worker.wasReady()) {
      dispatcher.dismiss(worker);
    } else {
      worker.retire();
    }
  }

  @Override
  public void dismiss() {
    later(() -> {
      Tryout tried = tryout;
      tryout = null;
      if (tried != null) {
        tried.candidates().values().forEach(worker -> worker.kill("its code is not taken"));
      }
    });
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

  @Override
  public String queue() {
    return setup.queue.name();
  }

  @Override
  public Set<Integer> generations() {
    return alive.values().stream().map(WorkerProcess::generation).collect(Collectors.toSet());
  }

  @Override
  public boolean staffed() {
    return alive.values().stream().anyMatch(worker -> worker.wasReady() && !worker.retiring());
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
    return WorkerView.of(worker, setup.queue.name(), jobs);
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
