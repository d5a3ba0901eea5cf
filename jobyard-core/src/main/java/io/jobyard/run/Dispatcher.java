package io.jobyard.run;

import io.jobyard.config.Pool;
import io.jobyard.stats.Tally;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One queue of one node, or several that share its workers: leases jobs from the store, hands them
 * to free workers, settles what came of them.
 *
 * <p>Two things happen here. The {@link Intake}'s thread leases. The workers' threads report ends
 * of runs, and each report hands out what waits in the line at once. Both under one lock, never
 * held over a call of the store.
 *
 * <p>Who gets which job is {@link HandOut}'s, what comes of it {@link Ends}', and {@link Vigil}
 * looks after workers that fall silent.
 */
public final class Dispatcher implements Crew, AutoCloseable {
  private final Pool pool;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Ends ends;
  private final HandOut handOut;
  private final Hands hands;
  private final Intake intake;

  /** Which of the queue's jobs it is there for. */
  public enum Duty {
    /** All of them: it leases them and hands them to its workers. */
    ALL,
    /** Those that must run alone; the others are taken from the store by the workers themselves. */
    SUSPECTS
  }

  /**
   * What a dispatcher needs.
   *
   * @param kindSettings what a kind's class decides, where its producer did not know the class
   * @param tally where its runs are counted
   */
  public record Setup(
      String node,
      Pool pool,
      Duty duty,
      DispatcherStore store,
      Settler settler,
      Function<String, JobSettings> kindSettings,
      InstantSource clock,
      Tally tally) {}

  public Dispatcher(Setup setup) {
    this.pool = setup.pool;
    Failures failures = new Failures(setup.node, 0, setup.clock);
    Score score = new Score(setup.tally, setup.clock);
    this.ends = new Ends(setup.settler, pool, score, new Settled());
    this.handOut = new HandOut(pool, ends, failures);
    this.hands = handOut.hands;
    Vigil vigil = new Vigil(handOut, ends, failures, pool.killGrace());
    this.intake = new Intake(setup, handOut, ends, vigil, lock, changed);
    setup.settler.whenAway(this::storeAway);
  }

  /** From now on a job that may have killed its worker can be run alone. */
  public void isolateIn(Ward ward) {
    locked(() -> handOut.suspects.isolateIn(ward));
  }

  /** From now on a job that must run alone is somebody else's. */
  void sendSuspectsTo(Consumer<Lease> elsewhere) {
    locked(() -> handOut.suspects.sendTo(elsewhere));
  }

  /** Takes over leased jobs that must run alone. */
  void adopt(List<Lease> suspects) {
    change(() -> suspects.forEach(handOut::adopt));
  }

  /** Settles a job that was leased elsewhere. */
  void settle(Lease lease, Outcome outcome) {
    change(() -> {
      ends.began(lease);
      ends.settle(lease, outcome, List.of());
    });
  }

  boolean canIsolate() {
    lock.lock();
    try {
      return handOut.suspects.canIsolate();
    } finally {
      lock.unlock();
    }
  }

  public void start() {
    intake.start();
  }

  /** Jobs may be waiting in the store. */
  public void wake() {
    signal(() -> intake.sources.wake(null));
  }

  /** Jobs may be waiting in this queue. */
  void wake(String queue) {
    signal(() -> intake.sources.wake(queue));
  }

  /** A job may have ended, here or elsewhere: a queue at its limit has room then. */
  void freed() {
    if (pool.limited()) {
      signal(intake.sources::freed);
    }
  }

  /** From now on jobs are leased for this session. */
  void serve(Session current) {
    signal(() -> intake.serve(current));
  }

  /** The session is gone, and every lease with it: nothing that runs may run on. */
  void abandon() {
    locked(() -> {
      intake.serve(null);
      handOut.forget();
      for (Hand hand : hands.all()) {
        boolean running = false;
        for (Assignment assignment : hand.all()) {
          running |= !hand.recall(assignment) && hand.take(assignment.ticket()) != null;
        }
        if (running) {
          hand.leave();
          hand.worker.kill("the node lost its leases");
        }
      }
    });
  }

  /** Stops these leased jobs, whether they run or not. */
  void cancel(Set<LeaseKey> keys) {
    locked(() -> {
      Predicate<Lease> meant = lease -> keys.contains(lease.key());
      handOut.takeWaiting(meant).forEach(this::cancelled);
      for (Hand hand : hands.all()) {
        for (Assignment assignment : hand.all()) {
          if (meant.test(assignment.lease())) {
            if (hand.recall(assignment)) {
              cancelled(assignment.lease());
            } else {
              hand.cancel(assignment, System.nanoTime());
            }
          }
        }
      }
    });
  }

  private void cancelled(Lease lease) {
    ends.settle(lease, new Outcome.Cancelled(), List.of());
  }

  /** Leases nothing more and gives back what was not started. Running jobs go on. */
  public void drain() {
    signal(() -> {
      intake.drain();
      for (Hand hand : hands.all()) {
        handOut.returnUnstarted(hand, System.nanoTime());
      }
      handOut.returnWaiting();
    });
  }

  /**
   * Gives back what was not started: a store that went away may have forgotten these leases when it
   * comes back, and have given the jobs to others.
   */
  void storeAway() {
    signal(() -> {
      for (Hand hand : hands.all()) {
        handOut.returnUnstarted(hand, System.nanoTime());
      }
      handOut.returnLines();
    });
  }

  /** Lets a worker leave: it gets nothing more, and retires once its runs have ended. */
  public void dismiss(Worker worker) {
    change(() -> {
      Hand hand = hands.of(worker);
      if (hand != null && !hand.leaving()) {
        hand.leave();
        handOut.recall(hand, System.nanoTime());
        worker.retire();
        if (hand.over()) {
          worker.nothingLeft();
        }
      }
    });
  }

  /** After {@link #drain}: waits until nothing runs any more; false if that took longer. */
  public boolean awaitIdle(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (!idle()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Every lease in the dispatcher's care. */
  Set<LeaseKey> held() {
    Set<LeaseKey> keys = new HashSet<>();
    locked(() -> {
      handOut.addKeys(keys);
    });
    return keys;
  }

  /** Whether any lease is in its care whose job has not ended. */
  boolean holds() {
    lock.lock();
    try {
      return !handOut.idle();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the dispatcher's thread. Leases still held are left to whoever finds them orphaned. */
  @Override
  public void close() {
    signal(intake::close);
  }

  // ---- what workers say ----

  @Override
  public void ready(Worker worker) {
    change(() -> hands.add(worker));
  }

  @Override
  public void done(Worker worker, List<Finished> runs) {
    locked(() -> {
      Hand hand = hands.of(worker);
      if (hand == null) {
        return;
      }
      int ended = 0;
      boolean stuck = false;
      long now = System.nanoTime();
      for (Finished run : runs) {
        Assignment assignment = hand.take(run.ticket());
        if (assignment != null) {
          ended++;
          stuck |= run.stuck();
          long took = hand.runningFor(assignment, now);
          ends.settle(assignment.lease(), run.outcome(), run.log(), took);
        }
      }
      hand.ended(ended, now);
      if (ended > 0 && hand.over()) {
        worker.nothingLeft();
      }
      if (stuck) {
        handOut.condemn(hand, "a job did not end at its deadline");
      }
      intake.handOn();
      if (handOut.pinsSeen() && hand.idle() > 0) {
        intake.sources.freed();
      }
      if (intake.draining() || intake.sources.due(System.nanoTime())) {
        changed.signalAll();
      }
    });
  }

  @Override
  public void waiting(Worker worker, int ticket, boolean waits) {
    change(() -> {
      Hand hand = hands.of(worker);
      if (hand != null) {
        hand.waiting(waits);
      }
    });
  }

  @Override
  public boolean has(Worker worker, int ticket) {
    lock.lock();
    try {
      Hand hand = hands.of(worker);
      return hand != null && hand.has(ticket);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void gone(Worker worker, @Nullable Blame blame) {
    change(() -> {
      Hand hand = hands.remove(worker);
      if (hand != null) {
        handOut.died(hand, blame);
      }
    });
  }

  private boolean idle() {
    return !ends.settling() && handOut.idle();
  }

  /** Something that hands or jobs were changed by. */
  private void change(Runnable step) {
    signal(() -> {
      step.run();
      intake.handOn();
    });
  }

  /** Something that the waiting threads have to look at. */
  private void signal(Runnable step) {
    locked(() -> {
      step.run();
      changed.signalAll();
    });
  }

  private void locked(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  private final class Settled implements Ends.Told {
    @Override
    public void entered(@Nullable Lease failing) {
      change(() -> {
        ends.entered();
        if (failing != null && intake.serving()) {
          handOut.goOn(failing);
        }
      });
    }

    @Override
    public void over() {
      freed();
    }
  }
}
