package io.jobyard.node.process;

import io.jobyard.FailureType;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.worker.BoardFile;
import io.jobyard.node.worker.Launch;
import io.jobyard.run.Assignment;
import io.jobyard.run.Blame;
import io.jobyard.run.Crew;
import io.jobyard.run.Finished;
import io.jobyard.run.RunBoard;
import io.jobyard.run.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker JVM, as its manager sees it.
 *
 * <p>Its life: {@link #start} forks the process; it says hello at the {@link Gate}, and from there
 * the connection's thread passes on what it says; when the process is gone, whatever it started is
 * ended, the last of what it said is read, and only then the crew hears that it is gone, and of
 * what it died. No method waits for the process. Safe for use by many threads.
 */
final class WorkerProcess implements Worker {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** A logger of its own for what workers print, so that its level can be set apart. */
  private static final Logger OUTPUT = LoggerFactory.getLogger("jobyard.output");

  private static final Duration TERM_GRACE = Duration.ofMillis(100);
  private static final Duration LEAVE_GRACE = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final Duration LAST_OUTPUT = Duration.ofMillis(300);

  private final Staff staff;
  private final String name;
  private final String secret = UUID.randomUUID().toString();
  private final Strays strays = new Strays(UUID.randomUUID().toString());
  private final Path boardFile;
  private final BoardFile board;
  private final Tickets tickets = new Tickets();
  private final OutputTail output;
  private final long startedAt = System.nanoTime();

  private volatile @Nullable Process process;
  private volatile @Nullable Thread reader;
  private volatile @Nullable Thread printer;
  private volatile @Nullable Connection connection;
  private volatile @Nullable String failedStart;
  private volatile @Nullable String killedFor;
  private volatile boolean ready;

  /** Orders the two reports to the crew; never taken by whoever holds the crew's own lock. */
  private final Object reports = new Object();

  private boolean buried;
  private volatile boolean worked;
  private volatile boolean retiring;
  private volatile boolean killedFromOutside;
  private final AtomicLong done = new AtomicLong();
  private volatile long heapUsed;

  /** Who is told how a worker's life goes, and what it needs for it. */
  record Staff(
      Orders orders, LaunchPlan plan, Gate gate, Crew crew, Errands errands, Employer employer) {}

  /** Who started it, and starts another in its place. */
  interface Employer {
    /** It takes jobs from now on; called before it can end. */
    void up();

    /**
     * It is gone, and the crew knows.
     *
     * @param why one line
     */
    void ended(WorkerProcess worker, String why);
  }

  WorkerProcess(Staff staff, String name) throws IOException {
    this.staff = staff;
    this.name = name;
    this.output = new OutputTail(line -> OUTPUT.info("[{}] {}", name, line));
    this.boardFile = staff.plan.dir().resolve(strays.tag() + ".board");
    this.board = BoardFile.create(boardFile);
  }

  /** Forks the process. If that fails, nothing is left behind. */
  void start() throws IOException {
    staff.gate.expect(secret, this::serve);
    try {
      Process started = staff.plan.builder(strays.tag()).start();
      process = started;
      printer =
          Thread.ofPlatform()
              .daemon()
              .name("jobyard-" + name + "-output")
              .start(() -> output.drain(started.getInputStream()));
      tell(started);
      var unused =
          started
              .onExit()
              .thenAcceptAsync(
                  this::bury,
                  task ->
                      Thread.ofPlatform().daemon().name("jobyard-" + name + "-end").start(task));
    } catch (IOException e) {
      staff.gate.forget(secret);
      removeFiles();
      throw e;
    }
  }

  private void tell(Process started) {
    try {
      new Launch(staff.gate.socket(), secret, boardFile).writeTo(started.getOutputStream());
    } catch (IOException e) {
      LOG.debug("worker {} was gone before it was told where to report: {}", name, e.toString());
    }
  }

  // ---- what the dispatcher asks ----

  @Override
  public String name() {
    return name;
  }

  @Override
  public int threads() {
    return staff.orders.settings().threads();
  }

  @Override
  public RunBoard board() {
    return board.board();
  }

  @Override
  public void run(List<Assignment> batch) {
    worked = true;
    tickets.add(batch);
    send(new Frame.Run(batch));
  }

  @Override
  public void cancel(int ticket) {
    send(new Frame.Cancel(ticket));
  }

  @Override
  public void kill(String why) {
    if (markKilled(why)) {
      LOG.info("killing worker {} (pid {}): {}", name, pid(), why);
      Thread.ofPlatform().daemon().name("jobyard-" + name + "-kill").start(this::slay);
    }
  }

  @Override
  public void retire() {
    retiring = true;
    if (ready) {
      send(new Frame.Retire());
    } else {
      kill("it is not needed any more");
    }
  }

  void leasesValidUntil(long moment) {
    send(new Frame.Leases(moment));
  }

  private void send(Frame frame) {
    Connection current = connection;
    if (current != null) {
      current.send(frame);
    }
  }

  // ---- what the worker says ----

  private void serve(Connection connected, long pid) {
    reader = Thread.currentThread();
    connected.send(new Frame.Welcome(Frame.NEWEST, staff.orders.settings()));
    connection = connected;
    // Only now: a renewal that came before would have missed the connection.
    long until = staff.orders.leasesUntil().getAsLong();
    if (until != 0) {
      connected.send(new Frame.Leases(until));
    }
    try {
      listen(connected);
      expectExit();
    } catch (BadFrame e) {
      kill("it sent what is no frame: " + e.getMessage());
    } catch (IOException e) {
      LOG.debug("the connection of worker {} broke: {}", name, e.toString());
      expectExit();
    }
  }

  private void listen(Connection connected) throws IOException {
    var finished = new ArrayList<Finished>();
    for (Frame frame = connected.receive(); frame != null; frame = connected.receive()) {
      if (frame instanceof Frame.Done(List<Finished> runs)) {
        finished.addAll(runs);
        if (connected.more()) {
          continue;
        }
      }
      if (!finished.isEmpty()) {
        done.addAndGet(finished.size());
        staff.crew.done(this, List.copyOf(finished));
        finished.clear();
      }
      hear(connected, frame);
    }
  }

  private void hear(Connection connected, Frame frame) throws BadFrame {
    switch (frame) {
      case Frame.Done alreadyPassedOn -> {}
      case Frame.Ready() -> {
        if (reportReady() && retiring) {
          send(new Frame.Retire());
        }
      }
      case Frame.StartFailed(String reason) -> failedStart = reason;
      case Frame.Progress(int ticket, long made, long total, String note) -> {
        UUID job = tickets.job(ticket);
        if (job != null) {
          staff.orders.live().progress(job, new LiveRuns.Progress(made, total, note));
        }
      }
      case Frame.Log(int ticket, String line) -> {
        UUID job = tickets.job(ticket);
        if (job != null) {
          staff.orders.live().log(job, line);
        }
      }
      case Frame.Waiting(int ticket, boolean waits) -> staff.crew.waiting(this, ticket, waits);
      case Frame.Push push -> staff.errands.push(connected, push);
      case Frame.Find find -> staff.errands.find(connected, find);
      case Frame.Pulse(long used) -> heapUsed = used;
      case Frame.Hello f -> throw unexpected(f);
      case Frame.Refusal f -> throw unexpected(f);
      case Frame.Welcome f -> throw unexpected(f);
      case Frame.Run f -> throw unexpected(f);
      case Frame.Cancel f -> throw unexpected(f);
      case Frame.Leases f -> throw unexpected(f);
      case Frame.Retire f -> throw unexpected(f);
      case Frame.Pushed f -> throw unexpected(f);
      case Frame.Found f -> throw unexpected(f);
      case Frame.Refused f -> throw unexpected(f);
    }
  }

  private static BadFrame unexpected(Frame frame) {
    return new BadFrame("a worker does not say " + frame.getClass().getSimpleName());
  }

  // ---- its end ----

  /** A worker that closed its connection is about to exit; one that does not is no worker. */
  private void expectExit() {
    Process current = process;
    try {
      if (current != null && !current.waitFor(LEAVE_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        kill("it closed its connection and did not exit");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean markKilled(String why) {
    if (killedFor != null) {
      return false;
    }
    killedFor = why;
    return true;
  }

  private void slay() {
    Process current = process;
    if (current == null) {
      return;
    }
    List<ProcessHandle> children = current.descendants().toList();
    try {
      current.destroy();
      if (!current.waitFor(TERM_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        current.destroyForcibly();
      }
    } catch (InterruptedException e) {
      current.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    strays.kill(children);
  }

  private void bury(Process dead) {
    staff.gate.forget(secret);
    try {
      strays.kill(List.of());
    } catch (UncheckedIOException e) {
      LOG.warn("could not look for what worker {} left running: {}", name, e.getMessage());
    }
    awaitLastWords();
    Blame blame = blame(dead);
    killedFromOutside = blame != null && blame.type() == FailureType.KILLED;
    String why = why(dead, blame);
    if (blame != null) {
      LOG.warn("worker {} (pid {}) died: {}", name, dead.pid(), blame.message());
    }
    reportGone(blame);
    removeFiles();
    staff.employer.ended(this, why);
  }

  /** False where it is dead already: its last word was read late, and it must not get jobs. */
  private boolean reportReady() {
    synchronized (reports) {
      if (buried) {
        return false;
      }
      ready = true;
      LOG.info("worker {} (pid {}) is ready", name, pid());
      staff.employer.up();
      staff.crew.ready(this);
      return true;
    }
  }

  private void reportGone(@Nullable Blame blame) {
    synchronized (reports) {
      buried = true;
      if (ready) {
        staff.crew.gone(this, blame);
      }
    }
  }

  /** What it said before it died counts: read that first. */
  private void awaitLastWords() {
    try {
      Thread reading = reader;
      if (reading != null && !reading.join(LAST_WORDS)) {
        Connection current = connection;
        if (current != null) {
          current.cut();
        }
        reading.join(LAST_WORDS);
      }
      Thread printing = printer;
      if (printing != null) {
        printing.join(LAST_OUTPUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Blame blame(Process dead) {
    if (killedFor != null || failedStart != null || (retiring && dead.exitValue() == 0)) {
      return null;
    }
    return Autopsy.blame(remains(dead));
  }

  private Remains remains(Process dead) {
    return new Remains(
        dead.pid(),
        dead.exitValue(),
        output.lines(),
        board.farewell(),
        ErrorLog.read(staff.plan.errorFile(dead.pid())));
  }

  private String why(Process dead, @Nullable Blame blame) {
    String start = failedStart;
    String killed = killedFor;
    if (start != null) {
      return start;
    }
    if (killed != null) {
      return "killed: " + killed;
    }
    if (blame != null) {
      List<String> lines = output.lines();
      return blame.message() + (lines.isEmpty() ? "" : "; it said: " + lines.getLast());
    }
    return retiring ? "retired" : "it left, exit code " + dead.exitValue();
  }

  private void removeFiles() {
    try {
      Files.deleteIfExists(boardFile);
    } catch (IOException e) {
      LOG.warn("could not remove the files of worker {}: {}", name, e.getMessage());
    }
  }

  // ---- for pages ----

  /** Whether it came as far as taking jobs. */
  boolean wasReady() {
    return ready;
  }

  /** Whether it was ever given a job. */
  boolean hasWorked() {
    return worked;
  }

  boolean retiring() {
    return retiring || killedFor != null;
  }

  boolean greeted() {
    return connection != null;
  }

  /** Whether somebody sent it a signal, as far as is known; once it has ended. */
  boolean killedFromOutside() {
    return killedFromOutside;
  }

  long pid() {
    Process current = process;
    return current == null ? 0 : current.pid();
  }

  long doneCount() {
    return done.get();
  }

  long heapUsed() {
    return heapUsed;
  }

  long uptimeSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt);
  }
}
