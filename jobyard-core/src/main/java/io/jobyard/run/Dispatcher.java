package io.jobyard.run;

import io.jobyard.config.QueueConfig;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One queue of one node: leases jobs from the store, hands them to free workers, settles what came
 * of them.
 *
 * <p>Two things happen here. The dispatcher's own thread leases: it sleeps until there is room in
 * the workers' hands and reason to think that jobs wait (a wake-up, the next due time, the poll
 * interval, or a last lease that was filled). The workers' threads report ends of runs, and each
 * report hands out what waits in the line at once. Both under one lock, never held over a call of
 * the store.
 *
 * <p>Who gets which job is {@link HandOut}'s, what comes of it {@link Ends}', and {@link Vigil}
 * looks after workers that fall silent.
 */
public final class Dispatcher implements Crew, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long MOST_BYTES_AHEAD = 8L * 1024 * 1024;
  private static final int MOST_UNSETTLED = 1_000;
  private static final int MOST_A_LEASE = 500;

  private final Setup setup;
  private final QueueConfig queue;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Ends ends;
  private final HandOut handOut;
  private final Hands hands;
  private final Vigil vigil;
  private final Lookout lookout;
  private final Thread thread;
  private @Nullable Session session;
  private boolean draining;
  private boolean closed;

  /**
   * What a dispatcher needs.
   *
   * @param kindSettings what a kind's class decides, where its producer did not know the class
   */
  public record Setup(
      String node,
      QueueConfig queue,
      DispatcherStore store,
      Settler settler,
      Function<String, JobSettings> kindSettings,
      InstantSource clock) {}

  public Dispatcher(Setup setup) {
    this.setup = setup;
    this.queue = setup.queue;
    Policy policy = queue.policy();
    Failures failures = new Failures(setup.node, 0, setup.clock);
    this.ends = new Ends(setup.settler, policy, queue.limit() > 0, new Settled());
    this.handOut = new HandOut(queue, ends, failures);
    this.hands = handOut.hands;
    this.lookout = new Lookout(queue);
    this.vigil = new Vigil(handOut, ends, failures, queue.killGrace());
    this.thread =
        Thread.ofPlatform()
            .name("jobyard-dispatch-" + queue.name())
            .daemon()
            .unstarted(this::leaseForEver);
  }

  /** From now on a job that may have killed its worker can be run alone. */
  public void isolateIn(Ward ward) {
    locked(() -> handOut.suspects.isolateIn(ward));
  }

  public void start() {
    thread.start();
  }

  /** Jobs may be waiting in the store. */
  public void wake() {
    locked(() -> {
      lookout.wake();
      changed.signalAll();
    });
  }

  /** A job may have ended, here or elsewhere: a queue at its limit has room then. */
  void freed() {
    if (queue.limit() > 0) {
      locked(() -> {
        lookout.freed();
        changed.signalAll();
      });
    }
  }

  /** From now on jobs are leased for this session. */
  void serve(Session current) {
    locked(() -> {
      session = current;
      lookout.wake();
      changed.signalAll();
    });
  }

  /** The session is gone, and every lease with it: nothing that runs may run on. */
  void abandon() {
    locked(() -> {
      session = null;
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
    locked(() -> {
      draining = true;
      for (Hand hand : hands.all()) {
        handOut.returnUnstarted(hand, System.nanoTime());
      }
      handOut.returnWaiting();
      changed.signalAll();
    });
  }

  /** Lets a worker leave: it gets nothing more, and retires once its runs have ended. */
  public void dismiss(Worker worker) {
    locked(() -> {
      Hand hand = hands.of(worker);
      if (hand != null && !hand.leaving()) {
        hand.leave();
        handOut.recall(hand, System.nanoTime());
        worker.retire();
        handOut.run();
        changed.signalAll();
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

  /** The jobs that a worker runs now, oldest first. */
  public List<Lease> running(Worker worker) {
    List<Lease> running = new ArrayList<>();
    locked(() -> {
      Hand hand = hands.of(worker);
      if (hand != null) {
        for (Assignment assignment : hand.all()) {
          Mark mark = hand.mark(assignment);
          if (mark == Mark.STARTED || mark == Mark.WAITING) {
            running.add(assignment.lease());
          }
        }
      }
    });
    return running;
  }

  /** Ends the dispatcher's thread. Leases still held are left to whoever finds them orphaned. */
  @Override
  public void close() {
    locked(() -> {
      closed = true;
      changed.signalAll();
    });
  }

  // ---- what workers say ----

  @Override
  public void ready(Worker worker) {
    locked(() -> {
      hands.add(worker);
      handOut.run();
      changed.signalAll();
    });
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
      for (Finished run : runs) {
        Assignment assignment = hand.take(run.ticket());
        if (assignment != null) {
          ended++;
          stuck |= run.stuck();
          ends.settle(assignment.lease(), run.outcome(), run.log());
        }
      }
      hand.ended(ended, System.nanoTime());
      if (stuck) {
        handOut.condemn(hand, "a job did not end at its deadline");
      }
      handOut.run();
      if (handOut.pinsSeen() && hand.idle() > 0) {
        lookout.freed();
      }
      if (draining || lookout.due(System.nanoTime())) {
        changed.signalAll();
      }
    });
  }

  @Override
  public void waiting(Worker worker, int ticket, boolean waits) {
    locked(() -> {
      Hand hand = hands.of(worker);
      if (hand != null) {
        hand.waiting(waits);
        handOut.run();
        changed.signalAll();
      }
    });
  }

  @Override
  public void gone(Worker worker, @Nullable Blame blame) {
    locked(() -> {
      Hand hand = hands.remove(worker);
      if (hand == null) {
        return;
      }
      handOut.died(hand, blame);
      if (draining) {
        handOut.returnWaiting();
      }
      handOut.run();
      changed.signalAll();
    });
  }

  // ---- leasing ----

  private void leaseForEver() {
    Patience patience = new Patience(LOG, "lease jobs of queue " + queue.name());
    while (true) {
      LeaseRequest request = awaitRoom();
      if (request == null) {
        return;
      }
      try {
        accept(request, setup.store.lease(request));
        patience.success();
      } catch (RuntimeException e) {
        patience.failure(e);
        lookAgainIn(patience.delay());
      }
    }
  }

  private @Nullable LeaseRequest awaitRoom() {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        boolean often = congested() || handOut.pinnedWait(); // nobody tells of their end
        vigil.tick(now, often);
        Session current = session;
        int room = current == null || draining || congested() ? 0 : handOut.room();
        if (current != null && room > 0 && lookout.due(now)) {
          lookout.asking();
          return request(current, room);
        }
        long tick = vigil.untilTick(now, often);
        long wait = room > 0 ? Math.min(lookout.untilDue(now), tick) : tick;
        changed.awaitNanos(Math.max(1, wait));
      }
      return null;
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private LeaseRequest request(Session current, int room) {
    return new LeaseRequest(
        current,
        queue.name(),
        Math.min(room, MOST_A_LEASE),
        Math.max(1, MOST_BYTES_AHEAD - ends.bytes()),
        Set.of(),
        queue.order(),
        queue.limit(),
        handOut.slots());
  }

  private boolean congested() {
    return ends.backlog() > MOST_UNSETTLED;
  }

  private void accept(LeaseRequest request, Leased leased) {
    lock.lock();
    try {
      long bytes = 0;
      for (Lease lease : leased.leases()) {
        bytes += lease.payload().bytes().length;
        handOut.take(lease.withClassSettings(setup.kindSettings.apply(lease.kind())));
      }
      lookout.answered(request, leased, bytes, MOST_BYTES_AHEAD);
      if (session == null || session.number() != request.session().number()) {
        handOut.forget();
      } else if (draining) {
        handOut.returnWaiting();
      }
      handOut.run();
    } finally {
      lock.unlock();
    }
  }

  private void lookAgainIn(Duration delay) {
    locked(() -> lookout.in(delay));
  }

  private boolean idle() {
    return !ends.settling() && handOut.idle();
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
      locked(() -> {
        ends.entered();
        if (failing != null && session != null) {
          handOut.goOn(failing);
          if (draining) {
            handOut.returnWaiting();
          }
          handOut.run();
        }
        changed.signalAll();
      });
    }

    @Override
    public void over() {
      freed();
    }
  }
}
