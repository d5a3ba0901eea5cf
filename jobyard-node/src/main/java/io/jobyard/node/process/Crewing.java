package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.generation.Generation;
import io.jobyard.node.generation.Ranks;
import io.jobyard.run.Dispatcher;
import io.jobyard.run.Foreman;
import io.jobyard.store.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
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
 *
 * <p>Another generation is tried out beside the workers there are, one candidate a post; adopted,
 * each takes its post, and the old holder leaves.
 */
public final class Crewing implements Ranks {
  private static final Logger LOG = LoggerFactory.getLogger(Crewing.class);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(60);

  /** How often to look whether a worker whose like died has finished a job. */
  private static final Duration PROOF = Duration.ofSeconds(1);

  /** How often to look after workers that take their jobs themselves. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Setup setup;
  private final Dispatcher dispatcher;
  private final @Nullable Grabbing grabbing;
  private final Troubles troubles;
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
    this.troubles = new Troubles(setup.queue.name());
    this.grabbing =
        setup.queue.grabs()
            ? new Grabbing(
                setup.queue.name(),
                setup.foreman,
                setup.config.lease(),
                () -> later(this::lookIfEmpty))
            : null;
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
    if (grabbing != null) {
      var unused =
          thread.scheduleWithFixedDelay(
              grabbing::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Tells every worker that is handed its jobs until when the leases hold. */
  public void leasesValidUntil(long moment) {
    alive.values().stream()
        .filter(worker -> !worker.grabs())
        .forEach(worker -> worker.send(new Frame.Leases(moment)));
  }

  /** From now on a worker that dies is not replaced, and none takes a job by itself. */
  public void drain() {
    stopping = true;
    later(() -> grabbers().forEach(WorkerProcess::retire));
  }

  /** After {@link #drain}: waits for those that took jobs themselves; false if it took longer. */
  public boolean awaitDrained(Duration patience) throws InterruptedException {
    try {
      all(grabbers().map(WorkerProcess::dead)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a worker cannot fail", e);
    }
  }

  private Stream<WorkerProcess> grabbers() {
    return alive.values().stream().filter(WorkerProcess::grabs);
  }

  private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
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
    if (stopping || post.holder != null) {
      return;
    }
    try {
      post.holder = hire(team, post, WorkerProcess.Entry.AT_ONCE);
    } catch (IOException e) {
      post.failed();
      troubles.notUp("its process could not be started: " + e);
      fillLater(post);
    }
  }

  private WorkerProcess hire(Team from, Post post, WorkerProcess.Entry entry) throws IOException {
    String name = setup.queue.name() + "-" + numbers.incrementAndGet();
    var worker =
        new WorkerProcess(
            new WorkerProcess.Staff(
                from.orders(post.place),
                from.plan(),
                setup.gate,
                grabbing == null || post.place.isolated() ? dispatcher : grabbing,
                errands,
                new Employer(post)),
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
        troubles.dying(why);
        fillLater(post);
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
      troubles.notUp(why);
      fillLater(post);
    }
  }

  private void fillLater(Post post) {
    Duration delay = post.pause(backing);
    var unused = thread.schedule(() -> fill(post), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void up(WorkerProcess worker) {
    if (tryout != null && tryout.ready(worker)) {
      return;
    }
    comeUp(worker);
  }

  private void comeUp(WorkerProcess worker) {
    if (troubles.stillOpen(worker) && alive.containsKey(worker.name())) {
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
        CompletableFuture<Void> left = CompletableFuture.completedFuture(null);
        try {
          Tryout tried = tryout;
          if (tried != null && !stopping) {
            tryout = null;
            team = tried.team();
            left = takeOver(tried.candidates());
          }
        } finally {
          var unused = left.thenRun(() -> adopted.complete(null));
        }
      });
    } catch (RejectedExecutionException e) {
      adopted.complete(null); // the node stops: nobody gets jobs any more
    }
    return adopted;
  }

  /** The new ones first, so that at no moment fewer workers take jobs. */
  private CompletableFuture<Void> takeOver(Map<Post, WorkerProcess> candidates) {
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
    CompletableFuture<Void> left = all(leaving.stream().map(this::letGo).toList().stream());
    posts.forEach(this::fill);
    return left;
  }

  /** Done once it is given no job any more, nor takes one. */
  private CompletableFuture<Void> letGo(WorkerProcess worker) {
    if (worker.wasReady() && !worker.grabs()) {
      dispatcher.dismiss(worker);
      return CompletableFuture.completedFuture(null);
    }
    worker.retire();
    return worker.drained();
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
    if (alive.isEmpty() && (grabbing == null || !grabbing.any())) {
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
    return troubles.current();
  }

  /** The workers there are, oldest first. */
  public List<WorkerView> workers() {
    return alive.values().stream()
        .map(worker -> WorkerView.of(worker, setup.queue.name()))
        .sorted(Comparator.comparingLong(WorkerView::uptimeS).reversed())
        .toList();
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

    @Override
    public void takeOver(WorkerProcess worker, Lease suspect) {
      if (grabbing != null) {
        grabbing.takeOver(worker, suspect);
      }
    }
  }
}
