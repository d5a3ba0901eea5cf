package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.generation.Generation;
import io.jobyard.node.generation.Ranks;
import io.jobyard.node.process.WorkerProcess.Entry;
import io.jobyard.run.Dispatcher;
import io.jobyard.run.Foreman;
import io.jobyard.store.Lease;
import io.jobyard.talk.Talk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the worker processes of a queue, or of a pool of queues, alive. One that dies is replaced
 * ({@link Aftermath}), one that has served long enough is relieved by another ({@link Succession}).
 *
 * <p>Each queue has its own, with its own thread: the trouble of one is not another's. Posts are
 * only touched on that thread. Start once; {@link #stop} may be called twice, or without a start.
 * Another generation comes by way of a {@link Changeover}.
 */
public final class Crewing implements Ranks {
  private static final Logger LOG = LoggerFactory.getLogger(Crewing.class);

  /** How often to look after the workers. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Setup setup;
  private final Dispatcher dispatcher;
  private final @Nullable Grabbing grabbing;
  private final Errands errands;
  private final ScheduledExecutorService thread;
  private final Office office;
  private final Relief relief;
  private final Succession succession;
  private final Aftermath aftermath;
  private final AtomicBoolean rung = new AtomicBoolean();
  private final Headcount headcount;
  private final Changeover changeover;
  private final Closing closing;

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
      Pool pool,
      Foreman foreman,
      LongSupplier leases,
      Gate gate,
      LiveRuns live,
      Talk talk,
      Generation generation,
      Path dir) {}

  public Crewing(Setup setup) {
    this.setup = setup;
    Pool pool = setup.pool;
    this.dispatcher = setup.foreman.dispatcher(pool.queues().getFirst().name());
    this.grabbing =
        pool.grabs()
            ? new Grabbing(
                pool, setup.foreman, setup.config.lease(), () -> later(this::lookIfEmpty))
            : null;
    this.errands = new Errands(pool, setup.foreman, setup.talk);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("jobyard-crew-" + pool.name()).factory());
    this.office = new Office(setup, dispatcher, grabbing, errands, thread, Employer::new);
    this.relief = new Relief(this::later, this::successor, worker -> letGo(worker).isDone());
    this.headcount = new Headcount(pool.name(), Scaling.useful(pool), office, new Means());
    this.changeover =
        new Changeover(setup, office, relief, headcount, this::letGo, this::takenOver);
    this.closing = new Closing(pool.name(), office, grabbing, this::later);
    this.succession =
        new Succession(pool.staffing(), office, headcount, relief, closing, this::letGo);
    Cells cells = new Cells(this::later, this::fill);
    this.aftermath =
        new Aftermath(pool.name(), office, relief, changeover, closing, cells, thread, this::fill);
    dispatcher.isolateIn(cells);
  }

  /** Starts the workers; returns at once. */
  public void start() {
    thread.execute(headcount::start);
    boolean scales = setup.pool.range().scale();
    if (scales) {
      setup.pool.queues().forEach(queue -> setup.foreman.onReady(queue.name(), this::rung));
    }
    if (grabbing != null || succession.wanted() || scales) {
      var unused =
          thread.scheduleWithFixedDelay(
              this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Tells every worker that is handed its jobs until when the leases hold. */
  public void leasesValidUntil(long moment) {
    office.alive().stream()
        .filter(worker -> !worker.grabs())
        .forEach(worker -> worker.send(new Frame.Leases(moment)));
  }

  /** From now on a worker that dies is not replaced, and none takes a job by itself. */
  public void drain() {
    closing.drain();
  }

  /** After {@link #drain}: waits for those that took jobs themselves; false if it took longer. */
  public boolean awaitDrained(Duration patience) throws InterruptedException {
    return closing.awaitDrained(patience);
  }

  /** Kills what runs, for a stop that cannot wait; replacements are not started any more. */
  public void kill(String why) {
    closing.kill(why);
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
    worker.ifPresent(found -> later(() -> succession.relieve(found)));
    return worker.isPresent();
  }

  private Optional<WorkerProcess> worker(long pid) {
    return office.alive().stream().filter(worker -> worker.pid() == pid).findFirst();
  }

  /** Lets every worker leave and waits for it; those that have not left in time are killed. */
  public void stop(Duration patience) throws InterruptedException {
    closing.stop(patience);
    thread.shutdown();
    errands.close();
  }

  // ---- on the queue's own thread ----

  private void fill(Post post) {
    if (closing.begun() || post.closed() || post.holder != null) {
      return;
    }
    if (relief.fill(post)) {
      succession.standBy(post);
      return;
    }
    try {
      post.holder = office.hire(changeover.team(), post, Entry.AT_ONCE);
    } catch (IOException e) {
      aftermath.notStarted(post, "its process could not be started: " + e);
    }
  }

  private WorkerProcess successor(Post post) throws IOException {
    return office.hire(changeover.team(), post, Entry.WHEN_ADMITTED);
  }

  private void look() {
    try {
      if (grabbing != null) {
        grabbing.look();
      }
      succession.look();
      if (!closing.begun()) {
        headcount.look();
      }
    } catch (RuntimeException e) {
      LOG.error("queue {}: could not look after its workers: ", setup.pool.name(), e);
    }
  }

  /** Many pushes at once are one reason to look. */
  private void rung() {
    if (rung.compareAndSet(false, true)) {
      later(() -> {
        rung.set(false);
        if (!closing.begun()) {
          headcount.wake();
        }
      });
    }
  }

  private void lookIfEmpty() {
    closing.lookIfEmpty();
  }

  private void up(Post post, WorkerProcess worker) {
    if (changeover.ready(worker)) {
      return;
    }
    aftermath.up();
    if (!relief.ready(post, worker)) {
      aftermath.watch(worker);
    }
    succession.standBy(post);
  }

  // ---- another generation ----

  @Override
  public void tryOut(Generation next, Verdict verdict) {
    later(() -> changeover.tryOut(next, verdict));
  }

  @Override
  public CompletableFuture<Void> adopt() {
    var adopted = new CompletableFuture<Void>();
    try {
      thread.execute(() -> {
        CompletableFuture<Void> left = CompletableFuture.completedFuture(null);
        try {
          left = closing.begun() ? left : changeover.adopt();
        } finally {
          var unused = left.thenRun(() -> adopted.complete(null));
        }
      });
    } catch (RejectedExecutionException e) {
      adopted.complete(null); // the node stops: nobody gets jobs any more
    }
    return adopted;
  }

  private void takenOver(Post post) {
    if (post.holder != null) {
      aftermath.up();
      aftermath.watch(post.holder);
    }
    fill(post);
    succession.standBy(post);
  }

  @Override
  public void dismiss() {
    later(changeover::dismiss);
  }

  /** Done once it is given no job any more, nor takes one. */
  private CompletableFuture<Void> letGo(WorkerProcess worker) {
    if (worker.works() && !worker.grabs()) {
      dispatcher.dismiss(worker);
      return CompletableFuture.completedFuture(null);
    }
    worker.retire();
    return worker.drained();
  }

  private void later(Runnable task) {
    if (!thread.isShutdown()) {
      thread.execute(task);
    }
  }

  // ---- for pages ----

  @Override
  public String queue() {
    return setup.pool.name();
  }

  @Override
  public Set<Integer> generations() {
    return office.alive().stream().map(WorkerProcess::generation).collect(Collectors.toSet());
  }

  @Override
  public boolean staffed() {
    boolean none = setup.pool.range().least() == 0 && trouble() == null;
    return none
        || office.alive().stream().anyMatch(worker -> worker.wasReady() && !worker.retiring());
  }

  @Override
  public boolean troubled() {
    return aftermath.notUp() && office.alive().stream().noneMatch(WorkerProcess::wasReady);
  }

  /** Why workers do not come up; null while they do. */
  public @Nullable String trouble() {
    return aftermath.trouble();
  }

  /** A job that one of the workers runs; empty if none does. Waits up to two seconds. */
  public Optional<JobSight> look(UUID job) {
    return JobSight.in(office.alive(), job);
  }

  /** The workers there are, oldest first. */
  public List<WorkerView> workers() {
    return office.alive().stream()
        .map(worker -> WorkerView.of(worker, setup.pool.name()))
        .sorted(Comparator.comparingLong(WorkerView::uptimeS).reversed())
        .toList();
  }

  private final class Means implements Headcount.Means {
    @Override
    public void fill(Post post) {
      Crewing.this.fill(post);
    }

    @Override
    public void close(Post post) {
      relief.callOff(post);
      WorkerProcess worker = post.holder;
      post.holder = null;
      post.close();
      if (worker != null) {
        var unused = letGo(worker);
      }
    }

    @Override
    public void countWaiting(IntConsumer told) {
      errands.countWaiting(count -> later(() -> told.accept(count)));
    }
  }

  private final class Employer implements WorkerProcess.Employer {
    private final Post post;

    Employer(Post post) {
      this.post = post;
    }

    @Override
    public void up(WorkerProcess worker) {
      later(() -> Crewing.this.up(post, worker));
    }

    @Override
    public void ended(WorkerProcess worker, String why) {
      later(() -> aftermath.ended(post, worker, why));
    }

    @Override
    public void idle(WorkerProcess worker) {
      later(() -> succession.spent(post, worker));
    }

    @Override
    public void worn(WorkerProcess worker, boolean now, String why) {
      later(() -> succession.worn(post, worker, now, why));
    }

    @Override
    public void takeOver(WorkerProcess worker, Lease suspect) {
      if (grabbing != null) {
        grabbing.takeOver(worker, suspect);
      }
    }
  }
}
