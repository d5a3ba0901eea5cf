package io.jobyard.node.process;

import io.jobyard.FailureType;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.RunSight;
import io.jobyard.run.Assignment;
import io.jobyard.run.Blame;
import io.jobyard.run.Crew;
import io.jobyard.run.RunBoard;
import io.jobyard.run.Worker;
import io.jobyard.store.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker JVM, as its manager sees it.
 *
 * <p>Its life: {@link #start} forks the {@link WorkerJvm}; it says hello at the {@link Gate}, and
 * from there the {@link Conversation} passes on what it says; when the process is gone, whatever it
 * started is ended, the last of what it said is read, and only then the crew hears that it is gone,
 * and of what it died. No method waits for the process. Safe for use by many threads.
 */
final class WorkerProcess implements Worker {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final Duration LEAVE_GRACE = Duration.ofSeconds(10);

  private final Staff staff;
  private final Place place;
  private final Post.History history;
  private final Term term;
  private final String name;
  private final String secret = UUID.randomUUID().toString();
  private final WorkerJvm jvm;
  private final Conversation conversation;
  private final Demise demise = new Demise();
  private final long startedAt = System.nanoTime();

  /** Orders the two reports to the crew; never taken by whoever holds the crew's own lock. */
  private final Object reports = new Object();

  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> dead = new CompletableFuture<>();
  private boolean buried;
  private volatile boolean ready;
  private boolean onTrial;
  private volatile boolean worked;
  private volatile boolean retiring;
  private volatile boolean killedFromOutside;

  /** Who is told how a worker's life goes, and what it needs for it. */
  record Staff(
      Orders orders, LaunchPlan plan, Gate gate, Crew crew, Errands errands, Employer employer) {}

  /** Whether a worker gets jobs as soon as it is ready, or only once it is admitted. */
  enum Entry {
    AT_ONCE,
    WHEN_ADMITTED
  }

  /** Who started it, and starts another in its place. */
  interface Employer {
    /** It is ready for jobs; called before it can end. */
    void up(WorkerProcess worker);

    /**
     * It is gone, and the crew knows.
     *
     * @param why one line
     */
    void ended(WorkerProcess worker, String why);

    /** It has nothing to do, and will get nothing more. */
    void idle(WorkerProcess worker);

    /**
     * Its heap stays full.
     *
     * @param now whether it must not begin another job
     */
    void worn(WorkerProcess worker, boolean now, String why);

    /** A job that it had leased itself is to run alone. */
    void takeOver(WorkerProcess worker, Lease suspect);
  }

  WorkerProcess(Staff staff, Place place, Post.History history, Term term, String name, Entry entry)
      throws IOException {
    this.staff = staff;
    this.place = place;
    this.history = history;
    this.term = term;
    this.onTrial = entry == Entry.WHEN_ADMITTED;
    this.name = name;
    this.jvm = new WorkerJvm(staff.plan, name);
    this.conversation = new Conversation(this, staff.orders, staff.crew, staff.errands);
  }

  /** Forks the process. If that fails, nothing is left behind. */
  void start() throws IOException {
    staff.gate.expect(secret, conversation::serve);
    try {
      jvm.start(staff.gate.socket(), secret, this::bury);
    } catch (IOException e) {
      staff.gate.forget(secret);
      throw e;
    }
  }

  // ---- what the dispatcher asks ----

  @Override
  public String name() {
    return name;
  }

  @Override
  public int threads() {
    return place.threads(staff.orders.settings().threads());
  }

  @Override
  public int slot() {
    return place.slot();
  }

  @Override
  public boolean isolated() {
    return place.isolated();
  }

  @Override
  public int quota() {
    return term.jobs();
  }

  @Override
  public void nothingLeft() {
    idle.complete(null);
    staff.employer.idle(this);
  }

  /** Done once it has nothing to do and will get nothing more, or is dead. */
  CompletableFuture<Void> idle() {
    return idle;
  }

  @Override
  public RunBoard board() {
    return jvm.board();
  }

  @Override
  public void run(List<Assignment> batch) {
    worked = true;
    conversation.run(batch);
  }

  @Override
  public void cancel(int ticket) {
    conversation.send(new Frame.Cancel(ticket));
  }

  @Override
  public void kill(String why) {
    if (demise.kill(why)) {
      LOG.info("killing worker {} (pid {}): {}", name, pid(), why);
      Thread.ofPlatform().daemon().name("jobyard-" + name + "-kill").start(jvm::slay);
    }
  }

  /** Kills it, and whatever it runs is charged with this. */
  void killFor(Blame blame) {
    demise.charge(blame);
    kill(blame.message());
  }

  @Override
  public void retire() {
    retiring = true;
    if (ready) {
      conversation.send(new Frame.Retire());
    } else {
      kill("it is not needed any more");
    }
  }

  void send(Frame frame) {
    conversation.send(frame);
  }

  /** Whether it takes its jobs from the store itself. */
  boolean grabs() {
    return staff.orders.settings().own() != null;
  }

  /** Done once it begins no more jobs, after {@link #retire}, or is dead. */
  CompletableFuture<Void> drained() {
    return drained;
  }

  /** Done once it is dead, and the crew knows. */
  CompletableFuture<Void> dead() {
    return dead;
  }

  // ---- what the conversation brings ----

  /** It is set up. Where it is dead already its last word was read late: it must not get jobs. */
  void up() {
    synchronized (reports) {
      if (buried) {
        return;
      }
      ready = true;
      LOG.info("worker {} (pid {}) is ready after {} ms", name, pid(), age().toMillis());
      staff.employer.up(this);
      if (!onTrial) {
        staff.crew.ready(this);
      }
    }
    if (retiring) {
      conversation.send(new Frame.Retire());
    }
  }

  void worn(boolean now, String why) {
    staff.employer.worn(this, now, why);
  }

  void takeOver(Lease suspect) {
    staff.employer.takeOver(this, suspect);
  }

  /** A worker that closed its connection is about to exit; one that does not is no worker. */
  void hungUp() {
    try {
      if (!jvm.exits(LEAVE_GRACE)) {
        kill("it closed its connection and did not exit");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- its end ----

  private void bury(Process dead) {
    staff.gate.forget(secret);
    jvm.killStrays();
    awaitLastWords();
    Demise.Cause cause = demise.of(dead, jvm, conversation.failedStart(), retiring);
    Blame blame = cause.blame();
    killedFromOutside = blame != null && blame.type() == FailureType.KILLED;
    if (blame != null) {
      LOG.warn("worker {} (pid {}) died: {}", name, dead.pid(), blame.message());
    }
    reportGone(blame);
    jvm.removeFiles();
    drained.complete(null);
    idle.complete(null);
    staff.employer.ended(this, cause.why());
    this.dead.complete(null);
  }

  /** Gives it jobs from now on, if it is alive. */
  void admit() {
    synchronized (reports) {
      onTrial = false;
      if (ready && !buried && !retiring) {
        staff.crew.ready(this);
      }
    }
  }

  private void reportGone(@Nullable Blame blame) {
    synchronized (reports) {
      buried = true;
      if (ready && !onTrial) {
        staff.crew.gone(this, blame);
      }
    }
  }

  private void awaitLastWords() {
    try {
      conversation.awaitLastWords();
      jvm.awaitOutput();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- for pages ----

  int generation() {
    return staff.orders.settings().generation();
  }

  /** Whether it came as far as taking jobs. */
  boolean wasReady() {
    return ready;
  }

  /** Whether it gets jobs, or takes them. */
  boolean works() {
    synchronized (reports) {
      return ready && !onTrial;
    }
  }

  /** Whether it was ever given a job. */
  boolean hasWorked() {
    return worked || doneCount() > 0 || !board().entries().isEmpty();
  }

  /** Those it runs now, the oldest first. */
  List<UUID> running() {
    return board().running().stream().map(run -> run.key().id()).toList();
  }

  /** Where a run stands, in its own words; see {@link Looks}. */
  CompletableFuture<Optional<RunSight>> look(UUID job) {
    return conversation.look(job);
  }

  /** Whether it said anything since this moment, as {@link System#nanoTime}. */
  boolean heardSince(long moment) {
    return conversation.heardAt() - moment > 0;
  }

  boolean retiring() {
    return retiring || demise.decided();
  }

  boolean greeted() {
    return conversation.greeted();
  }

  /** Whether somebody sent it a signal, as far as is known; once it has ended. */
  boolean killedFromOutside() {
    return killedFromOutside;
  }

  long pid() {
    return jvm.pid();
  }

  long doneCount() {
    return grabs() ? jvm.doneCount() : conversation.doneCount();
  }

  long heapUsed() {
    return conversation.heapUsed();
  }

  Term term() {
    return term;
  }

  Post.History history() {
    return history;
  }

  long residentBytes() {
    return Rss.of(pid());
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  long uptimeSeconds() {
    return age().toSeconds();
  }
}
