package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.FailureType;
import io.jobyard.Pusher;
import io.jobyard.RunRefused;
import io.jobyard.Services;
import io.jobyard.Verdict;
import io.jobyard.codec.Kinds;
import io.jobyard.codec.UnknownKind;
import io.jobyard.codec.Work;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The worker's half: runs what its dispatcher hands it, each job on a virtual thread of its own and
 * at most {@code threads} at once, and reports what came of it. The same in a worker process and
 * inside an application.
 *
 * <p>Safe for use by many threads. {@link #close} only stops the watch: what runs is ended by
 * ending the process.
 */
public final class JobRunner implements AutoCloseable {
  private static final long SLOT_CHECK_MS = 50;

  private final Setup setup;
  private final Failures failures;
  private final Watch watch;
  private final Voice voice;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition slotFree = lock.newCondition();
  private final ArrayDeque<Assignment> waiting = new ArrayDeque<>();
  private int running;
  private int resuming;
  private boolean held;

  /**
   * What a runner needs.
   *
   * @param threads jobs that run at once
   * @param killGrace between the interrupt and the report that a run is stuck
   * @param onFailure the queue's failure handler, or null
   * @param uplink what running jobs ask of their node
   * @param pushers for child pushes
   * @param board shared with the dispatcher
   */
  public record Setup(
      String node,
      String queue,
      int threads,
      Duration killGrace,
      Kinds kinds,
      Services services,
      @Nullable FailureHandler onFailure,
      Uplink uplink,
      ChildPushers pushers,
      RunBoard board,
      Reports reports,
      InstantSource clock) {}

  /** Makes the {@link Pusher} of a running job. */
  @FunctionalInterface
  public interface ChildPushers {
    /**
     * @param parent the lease that the pushes are made under
     * @param slot to be lent while the job waits for another
     */
    Pusher of(Lease parent, Slot slot);
  }

  /** The place a run occupies. */
  public interface Slot {
    /** Lets another job run meanwhile. */
    void lend();

    /** Takes the place back; waits until there is one. Must follow each {@link #lend}. */
    void resume();
  }

  public JobRunner(Setup setup) {
    this.setup = setup;
    this.failures = new Failures(setup.node, ProcessHandle.current().pid(), setup.clock);
    this.watch = new Watch(setup.queue, setup.killGrace.toNanos(), this::stuck);
    this.voice = new Voice(setup.node, setup.uplink);
  }

  /** Takes jobs; each starts as soon as a slot is free. */
  public void run(List<Assignment> batch) {
    lock.lock();
    try {
      waiting.addAll(batch);
      startNext();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs one job on the calling thread, beside whatever else runs, and returns when it has ended.
   * One that ignores its interrupt is reported as stuck and still holds the caller until it ends.
   */
  public void runHere(Assignment assignment) {
    long now = System.nanoTime();
    if (setup.board.start(assignment.ticket(), now)) {
      takeSlot();
      Run run = new Run(assignment, now);
      watch.add(run);
      perform(run);
      if (run.stopping() != null) {
        // It was meant for the job, which is over.
        boolean unused = Thread.interrupted();
      }
    }
  }

  private void takeSlot() {
    lock.lock();
    try {
      running++;
    } finally {
      lock.unlock();
    }
  }

  /** Stops a run; one that has not started was taken back on the board and is not known here. */
  public void cancel(int ticket) {
    watch.cancel(ticket);
  }

  /** Begins no other job; what it has and did not begin is to be taken back on the board. */
  public void hold() {
    lock.lock();
    try {
      held = true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing runs or waits. */
  public boolean idle() {
    lock.lock();
    try {
      return running == 0 && resuming == 0 && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    watch.close();
    voice.close();
  }

  private void startNext() {
    while (!held && running + resuming < setup.threads && !waiting.isEmpty()) {
      Assignment assignment = waiting.remove();
      long now = System.nanoTime();
      if (setup.board.start(assignment.ticket(), now)) {
        running++;
        Run run = new Run(assignment, now);
        watch.add(run);
        Thread.ofVirtual().name("job-" + assignment.lease().key().id()).start(() -> perform(run));
      }
    }
  }

  private void perform(Run run) {
    run.begin(Thread.currentThread());
    Outcome outcome;
    try {
      outcome = run.failing() ? runHandlers(run) : runBody(run);
    } catch (Throwable error) {
      // Not the job's code, but it must not cost the slot: memory may be short, say.
      outcome = new Outcome.Failed(failures.thrown(error), false);
    }
    run.endLog();
    if (run.end()) {
      watch.remove(run);
      report(run, afterStop(run, outcome), false);
    }
    lock.lock();
    try {
      running--;
      slotFree.signal();
      startNext();
    } finally {
      lock.unlock();
    }
  }

  private Outcome runBody(Run run) {
    RunContext context = context(run);
    Work work = null;
    try {
      work = work(run.assignment.lease());
      byte[] result = work.run(run.assignment.lease().payload(), context);
      RunEnded ended = context.ended();
      return ended != null ? ended.outcome() : new Outcome.Succeeded(result);
    } catch (Throwable error) {
      RunEnded ended = context.ended();
      if (ended != null) {
        return ended.outcome();
      }
      Failure failure = failures.thrown(error);
      boolean handlers = work != null && work.handlesFailure();
      if (error instanceof RunRefused) {
        return new Outcome.Refused(failure, handlers);
      }
      return failure.type() == FailureType.OUT_OF_MEMORY
          ? new Outcome.Crashed(failure)
          : new Outcome.Failed(failure, handlers);
    }
  }

  private Work work(Lease lease) {
    return setup.kinds.find(lease.kind(), lease.payload());
  }

  /** The job's own handler first; unless it says HANDLED, the queue's. */
  private Outcome runHandlers(Run run) {
    Lease lease = run.assignment.lease();
    RunContext context = context(run);
    List<Failure> errors = new ArrayList<>();
    Failure failure =
        lease.errors().isEmpty()
            ? failures.thrown(new IllegalStateException("the error of the job is not known"))
            : lease.errors().getLast();
    Verdict verdict = Verdict.PASS;
    try {
      Work work = work(lease);
      if (work.handlesFailure()) {
        verdict = work.failed(lease.payload(), context, failure);
      }
    } catch (UnknownKind unknown) {
      // Its body could not run for the same reason, which is in its history already.
      verdict = Verdict.PASS;
    } catch (Throwable error) {
      errors.add(failures.thrown(error));
    }
    FailureHandler ofQueue = setup.onFailure;
    if (verdict != Verdict.HANDLED && ofQueue != null && run.stopping() == null) {
      try {
        ofQueue.onFailure(context, failure);
      } catch (Throwable error) {
        errors.add(failures.thrown(error));
      }
    }
    return new Outcome.Handled(errors);
  }

  private Outcome afterStop(Run run, Outcome outcome) {
    Run.Stop stop = run.stopping();
    if (stop == null) {
      return outcome;
    }
    return switch (stop) {
      case TIMEOUT -> timedOut(run, false, run.dump());
      case CANCEL -> new Outcome.Cancelled();
    };
  }

  /** On the watch's thread: the run ignored its interrupt. */
  private void stuck(Run run) {
    boolean timeout = run.stopping() == Run.Stop.TIMEOUT;
    String before = run.dump();
    Thread body = run.thread();
    // A JVM that gave no dump at the deadline is not asked again.
    String dump = timeout && before != null && body != null ? ThreadDump.of(body) : null;
    if (run.end()) {
      Outcome outcome =
          timeout ? timedOut(run, true, dump != null ? dump : before) : new Outcome.Cancelled();
      report(run, outcome, true);
    }
  }

  private Outcome timedOut(Run run, boolean stuck, @Nullable String dump) {
    boolean handlers = true;
    try {
      handlers = work(run.assignment.lease()).handlesFailure();
    } catch (RuntimeException e) {
      // Whatever keeps the kind from being found, a handler run will say it again.
      handlers = true;
    }
    return new Outcome.TimedOut(failures.timedOut(run.assignment.timeout(), stuck, dump), handlers);
  }

  private void report(Run run, Outcome outcome, boolean stuck) {
    voice.ended(run);
    boolean plain = outcome instanceof Outcome.Succeeded(byte[] result) && result == null;
    setup.board.mark(run.ticket(), plain ? Mark.SUCCEEDED : Mark.ENDED);
    setup.reports.finished(new Finished(run.ticket(), outcome, run.log(), stuck));
  }

  /** A run that is being stopped does not queue: it has to end within its grace. */
  private void awaitSlot(Run run) {
    boolean interrupted = false;
    while (running >= setup.threads && run.stopping() == null) {
      try {
        slotFree.await(SLOT_CHECK_MS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private RunContext context(Run run) {
    Lease lease = run.assignment.lease();
    Duration timeout = run.assignment.timeout();
    Instant deadline = timeout.isZero() ? null : setup.clock.instant().plus(timeout);
    Pusher pusher = setup.pushers.of(lease, new RunSlot(run));
    return new RunContext(run, setup.uplink, voice, pusher, setup.services, deadline);
  }

  private final class RunSlot implements Slot {
    private final Run run;

    RunSlot(Run run) {
      this.run = run;
    }

    @Override
    public void lend() {
      setup.board.mark(run.ticket(), Mark.WAITING);
      setup.uplink.waiting(run.ticket(), true);
      lock.lock();
      try {
        running--;
        slotFree.signal();
        startNext();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void resume() {
      lock.lock();
      try {
        resuming++;
        awaitSlot(run);
        resuming--;
        running++;
      } finally {
        lock.unlock();
      }
      setup.board.mark(run.ticket(), Mark.STARTED);
      setup.uplink.waiting(run.ticket(), false);
    }
  }
}
