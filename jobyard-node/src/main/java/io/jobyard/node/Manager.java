package io.jobyard.node;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.node.control.ControlServer;
import io.jobyard.node.control.NodeFile;
import io.jobyard.node.control.StatusView;
import io.jobyard.node.generation.CodeStore;
import io.jobyard.node.generation.Generation;
import io.jobyard.node.generation.Generations;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.process.CacheMaker;
import io.jobyard.node.process.Crewing;
import io.jobyard.node.process.Gate;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.run.Foreman;
import io.jobyard.run.Heart;
import io.jobyard.store.Environment;
import io.jobyard.store.JobStore;
import io.jobyard.store.Stores;
import io.jobyard.table.Tables;
import io.jobyard.talk.Talk;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: joins the store, keeps each queue's worker processes alive, hands them jobs and writes
 * back what came of them. Runs no user code.
 *
 * <p>{@link #boot} once; if it fails half-way, everything it started is stopped again. {@link
 * #stop} is graceful and may be called twice, or without a boot; {@link #stopNow} makes it hurry.
 * Safe for use by many threads.
 */
public final class Manager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Manager.class);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration LEAVING = Duration.ofSeconds(3);

  private final Config config;
  private final Set<String> queues;
  private final Supplier<JobStore> opening;
  private final long bornAt = System.nanoTime();
  private final LiveRuns live = new LiveRuns();
  private final List<Crewing> crewings = new ArrayList<>();
  private final Deque<Undo> undo = new ArrayDeque<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Companion> companions = new ArrayList<>();
  private final Deque<AutoCloseable> beside = new ArrayDeque<>();

  /** Something that runs beside the node, on its store. */
  public interface Companion {
    /**
     * Starts once the node is up.
     *
     * @param store stays the node's
     * @return closed once the node's runs are over, before its store is
     */
    AutoCloseable start(JobStore store);
  }

  /** One thing to be taken down again. */
  private interface Undo {
    void run() throws Exception;
  }

  /** A node that serves these of the configuration's queues. */
  public Manager(Config config, Set<String> queues) {
    this(config, queues, () -> Stores.open(config.store(), config.storeOptions()));
  }

  /**
   * @param opening opens the store, which is closed with the node
   */
  public Manager(Config config, Set<String> queues, Supplier<JobStore> opening) {
    this.config = config;
    this.queues = Set.copyOf(queues);
    this.opening = opening;
  }

  /** Lets something run beside the node; to be said before {@link #boot}. */
  public Manager beside(Companion companion) {
    companions.add(companion);
    return this;
  }

  /**
   * Starts the node; returns once its workers are on their way.
   *
   * @throws JobyardException if it cannot run here; nothing of it is left then
   */
  public Manager boot() {
    try {
      start();
      LOG.info("node {} (pid {}) serves {}", config.node(), ProcessHandle.current().pid(), queues);
      return this;
    } catch (IOException e) {
      takeDown();
      throw new JobyardException("node " + config.node() + " could not start: " + e, e);
    } catch (RuntimeException e) {
      takeDown();
      throw e;
    }
  }

  private void start() throws IOException {
    RunDir runDir = RunDir.create(config.runDir());
    undo.push(runDir::removeSockets);
    undo.push(PidFile.take(config.runDir().resolve("jobyard.pid"), config.node())::close);
    Tables.create(runDir.tables(), config.tables());
    Generations code = generations(runDir);
    JobStore store = opening.get();
    undo.push(store::close);
    store.requireRuns();
    Environment.requireOfNode(config.env(), store);
    Talk talk = talk(store);
    undo.push(this::closeCompanions);
    Gate gate = new Gate(runDir.sockets().resolve("workers"));
    undo.push(gate::close);
    Foreman foreman = foreman(store, code);
    undo.push(foreman::close);
    for (Pool pool : Pool.of(config, queues)) {
      crewings.add(
          new Crewing(
              new Crewing.Setup(
                  config,
                  pool,
                  foreman,
                  () -> endOfRuns(foreman.leasesUntil()),
                  gate,
                  live,
                  talk,
                  code.current(),
                  runDir.workers())));
    }
    undo.push(() -> dismiss(foreman));
    foreman.start();
    crewings.forEach(Crewing::start);
    code.start(crewings);
    undo.push(code::close);
    listen(runDir, code);
    companions.forEach(companion -> beside.push(companion.start(store)));
  }

  private Talk talk(JobStore store) {
    Talk talk = new Talk("node " + config.node(), store);
    undo.push(talk::close);
    talk.announce();
    live.tell(talk::progress);
    return talk;
  }

  private void closeCompanions() throws Exception {
    for (AutoCloseable one = beside.poll(); one != null; one = beside.poll()) {
      one.close();
    }
  }

  private Generations generations(RunDir runDir) throws IOException {
    var store =
        new CodeStore(
            runDir.generations(), config.base(), config.classpath(), startClasses().toList());
    Consumer<Generation> cacheMaker = config.aot() ? cacheMaker(runDir) : lasting -> {};
    return new Generations(store, config.watch(), cacheMaker, InstantSource.system());
  }

  private CacheMaker cacheMaker(RunDir runDir) {
    var maker =
        new CacheMaker(config, Pool.of(config, queues), runDir.sockets(), startClasses().toList());
    undo.push(maker::close);
    return maker;
  }

  private Stream<String> startClasses() {
    Stream<@Nullable String> ofQueues =
        queues.stream()
            .map(config::queue)
            .flatMap(queue -> Stream.of(queue.onStart(), queue.onFailure()));
    return Stream.concat(Stream.of(config.onStart()), ofQueues).filter(Objects::nonNull);
  }

  private Foreman foreman(JobStore store, Generations code) {
    return new Foreman(
        store,
        config,
        Pool.of(config, queues),
        true,
        kind -> code.kinds().settings(kind),
        InstantSource.system(),
        until -> crewings.forEach(crewing -> crewing.leasesValidUntil(endOfRuns(until))));
  }

  /** Early enough before the leases' end that a run is surely over by then. */
  private long endOfRuns(long leasesUntil) {
    return leasesUntil == 0 ? 0 : leasesUntil - Heart.margin(config.lease()).toNanos();
  }

  private void listen(RunDir runDir, Generations code) throws IOException {
    var control = new ControlServer(runDir.sockets().resolve("control"), new Answers(code));
    undo.push(control::close);
    String socket = runDir.sockets().resolve("control").toString();
    new NodeFile(config.node(), ProcessHandle.current().pid(), socket).writeTo(runDir.dir());
    undo.push(() -> NodeFile.removeFrom(runDir.dir()));
  }

  // ---- the end ----

  /**
   * Takes no more jobs, gives back those that were not started, lets running ones end for up to
   * {@code stop-timeout}, and takes leave of the store. Returns at once.
   */
  public void stop() {
    if (stopping.compareAndSet(false, true)) {
      LOG.info(
          "node {} stops; running jobs have {} s", config.node(), config.stopTimeout().toSeconds());
      Thread.ofPlatform().name("jobyard-stop").start(this::takeDown);
    }
  }

  /** As {@link #stop}, but what still runs is killed and goes back to its queue. */
  public void stopNow() {
    stop();
    crewings.forEach(crewing -> crewing.kill("the node was told to stop at once"));
  }

  /** Stops as {@link #stop} does, and waits for it. */
  @Override
  public void close() {
    stop();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      stopNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the node has stopped. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /**
   * Lets SIGTERM and SIGINT stop the node, gracefully at first, at once if they come again, and
   * waits for the end.
   */
  public void serve() throws InterruptedException {
    Runnable asked =
        () -> {
          if (stopping.get()) {
            stopNow();
          } else {
            stop();
          }
        };
    Signals.on("TERM", asked);
    Signals.on("INT", asked);
    awaitStopped();
  }

  /** In the opposite order of the start; what fails to go down keeps nothing else up. */
  private void takeDown() {
    stopping.set(true);
    for (Undo step = undo.poll(); step != null; step = undo.poll()) {
      try {
        step.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.warn("could not stop cleanly: {}", e.toString());
      }
    }
    LOG.info("node {} has stopped", config.node());
    stopped.countDown();
  }

  private void dismiss(Foreman foreman) throws InterruptedException {
    crewings.forEach(Crewing::drain);
    if (!drained(foreman)) {
      LOG.warn(
          "jobs still run after {} s: killed, and back to their queues",
          config.stopTimeout().toSeconds());
      crewings.forEach(crewing -> crewing.kill("its job ran on after the stop-timeout"));
      foreman.drain(SETTLING);
    }
    for (Crewing crewing : crewings) {
      crewing.stop(LEAVING);
    }
  }

  private boolean drained(Foreman foreman) throws InterruptedException {
    long end = System.nanoTime() + config.stopTimeout().toNanos();
    boolean idle = foreman.drain(config.stopTimeout());
    for (Crewing crewing : crewings) {
      long left = Math.max(0, end - System.nanoTime());
      idle &= crewing.awaitDrained(Duration.ofNanos(left));
    }
    return idle;
  }

  private final class Answers implements ControlServer.Node {
    private final Generations code;

    Answers(Generations code) {
      this.code = code;
    }

    @Override
    public StatusView status() {
      Map<String, String> troubles = new TreeMap<>();
      for (Crewing crewing : crewings) {
        String trouble = crewing.trouble();
        if (trouble != null) {
          troubles.put(crewing.queue(), trouble);
        }
      }
      return new StatusView(
          config.node(),
          ProcessHandle.current().pid(),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - bornAt),
          Stores.shown(config.store()),
          crewings.stream().flatMap(crewing -> crewing.workers().stream()).toList(),
          code.last(),
          troubles);
    }

    @Override
    public Reloads reload() throws InterruptedException {
      return code.reload();
    }

    @Override
    public void stop() {
      Manager.this.stop();
    }

    @Override
    public LiveRuns live() {
      return live;
    }

    @Override
    public Optional<JobSight> look(UUID job) {
      return crewings.stream().flatMap(crewing -> crewing.look(job).stream()).findFirst();
    }

    @Override
    public boolean drain(long pid) {
      return crewings.stream().anyMatch(crewing -> crewing.drain(pid));
    }

    @Override
    public boolean kill(long pid) {
      return crewings.stream().anyMatch(crewing -> crewing.kill(pid, "an operator killed it"));
    }
  }
}
