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
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
 * <p>A worker may have more in hand than it can run, at its {@link Pace}, so that it never waits
 * for the next job; what it has not started can be taken back through the {@link RunBoard} without
 * asking it. That is done as soon as another worker is idle, or when nothing moves, so that no job
 * waits in one hand while another idles.
 */
public final class Dispatcher implements Crew, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long MOST_BYTES_AHEAD = 8L * 1024 * 1024;
  private static final long SMALL_ANSWER_BYTES = 1024 * 1024;
  private static final int MOST_UNSETTLED = 1_000;
  private static final int MOST_A_LEASE = 500;
  private static final long TICK = Duration.ofMillis(20).toNanos();
  private static final long SLOW_TICK = Duration.ofMillis(200).toNanos();
  private static final long UNMOVED = Duration.ofMillis(200).toNanos();

  /** A worker starts what it has a slot for in well under a millisecond; a frozen one never. */
  private static final long UNANSWERED = Duration.ofSeconds(3).toNanos();

  /** Time for a worker to report a timeout of its own accord: the dump, and the way here. */
  private static final Duration REPORT_SLACK = Duration.ofMillis(700);

  private final Setup setup;
  private final QueueConfig queue;
  private final Policy policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Hands hands = new Hands();
  private final Failures failures;
  private final Deque<Lease> line = new ArrayDeque<>();
  private final Thread thread;
  private @Nullable Session session;
  private boolean draining;
  private boolean closed;
  private boolean awake = true;
  private long nextLook = System.nanoTime();
  private long lastTick = nextLook;
  private int entering;
  private long bytesAhead;

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
    this.policy = queue.policy();
    this.failures = new Failures(setup.node, 0, setup.clock);
    this.thread =
        Thread.ofPlatform()
            .name("jobyard-dispatch-" + queue.name())
            .daemon()
            .unstarted(this::leaseForEver);
  }

  public void start() {
    thread.start();
  }

  /** Jobs may be waiting in the store. */
  public void wake() {
    locked(() -> {
      awake = true;
      changed.signalAll();
    });
  }

  /** From now on jobs are leased for this session. */
  void serve(Session current) {
    locked(() -> {
      session = current;
      awake = true;
      changed.signalAll();
    });
  }

  /** The session is gone, and every lease with it: nothing that runs may run on. */
  void abandon() {
    locked(() -> {
      session = null;
      line.clear();
      bytesAhead = 0;
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
      line.removeIf(lease -> keys.contains(lease.key()) && cancelled(lease));
      for (Hand hand : hands.all()) {
        for (Assignment assignment : hand.all()) {
          if (keys.contains(assignment.lease().key())) {
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

  /** Leases nothing more and gives back what was not started. Running jobs go on. */
  public void drain() {
    locked(() -> {
      draining = true;
      for (Hand hand : hands.all()) {
        recallUnstarted(hand, System.nanoTime());
      }
      giveBackLine();
      changed.signalAll();
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
      line.forEach(lease -> keys.add(lease.key()));
      hands.addKeys(keys);
    });
    return keys;
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
      handOut();
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
          settle(assignment.lease(), run.outcome(), run.log());
        }
      }
      hand.ended(ended, System.nanoTime());
      if (stuck) {
        condemn(hand, "a job did not end at its deadline");
      }
      handOut();
      if (awake || draining || System.nanoTime() - nextLook >= 0) {
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
        handOut();
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
      List<Assignment> left = hand.all();
      left.sort(Comparator.comparingLong(a -> -a.lease().key().seq()));
      for (Assignment assignment : left) {
        Lease lease = assignment.lease();
        switch (hand.mark(assignment)) {
          case STARTED ->
              settle(
                  lease,
                  blame == null
                      ? new Outcome.NotStarted()
                      : new Outcome.Crashed(failures.died(blame)),
                  List.of());
          case SUCCEEDED -> settle(lease, new Outcome.Succeeded(null), List.of());
          case HANDED, RECALLED, NONE -> backInLine(lease);
          case WAITING, ENDED -> settle(lease, new Outcome.NotStarted(), List.of());
        }
      }
      if (draining) {
        giveBackLine();
      }
      handOut();
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
        tick(now);
        Session current = session;
        int room = current == null || draining ? 0 : roomForLease();
        boolean look = awake || now - nextLook >= 0;
        if (current != null && room > 0 && look) {
          awake = false;
          long bytes = Math.max(1, MOST_BYTES_AHEAD - bytesAhead);
          return new LeaseRequest(
              current, queue.name(), Math.min(room, MOST_A_LEASE), bytes, Set.of());
        }
        long wait = room > 0 ? Math.min(nextLook - now, untilTick(now)) : untilTick(now);
        changed.awaitNanos(Math.max(1, wait));
      }
      return null;
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private int roomForLease() {
    return setup.settler.backlog() > MOST_UNSETTLED ? 0 : hands.room(line.size());
  }

  private void accept(LeaseRequest request, Leased leased) {
    lock.lock();
    try {
      long bytes = 0;
      for (Lease lease : leased.leases()) {
        bytes += lease.payload().bytes().length;
        line.add(lease.withClassSettings(setup.kindSettings.apply(lease.kind())));
      }
      bytesAhead += bytes;
      boolean partial = leased.leases().size() < request.count();
      // With little left to fill, the next job may only have been too large for this answer.
      boolean roomy = request.bytes() - bytes > MOST_BYTES_AHEAD - SMALL_ANSWER_BYTES;
      if (leased.leases().isEmpty() || (partial && roomy)) {
        lookAgainIn(pause(leased.nextDue()));
      } else {
        awake = true;
      }
      if (session == null || session.number() != request.session().number()) {
        line.clear();
        bytesAhead = 0;
      } else if (draining) {
        giveBackLine();
      }
      handOut();
    } finally {
      lock.unlock();
    }
  }

  private Duration pause(@Nullable Duration nextDue) {
    // Jitter, so that a herd of nodes does not come at the same moment.
    long poll = (long) (queue.poll().toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
    return Duration.ofNanos(nextDue == null ? poll : Math.min(poll, nextDue.toNanos()));
  }

  private void lookAgainIn(Duration delay) {
    locked(() -> nextLook = System.nanoTime() + delay.toNanos());
  }

  // ---- handing out ----

  private void handOut() {
    if (line.isEmpty()) {
      return;
    }
    Map<Hand, List<Assignment>> batches = new LinkedHashMap<>();
    while (!line.isEmpty()) {
      Hand hand = hands.emptiest();
      if (hand == null) {
        break;
      }
      Lease lease = line.remove();
      Standing standing = lease.standing();
      Assignment assignment =
          hand.give(
              lease,
              Lifecycle.timeout(standing.settings(), policy),
              Lifecycle.lastAttempt(standing, policy),
              System.nanoTime());
      batches.computeIfAbsent(hand, h -> new ArrayList<>()).add(assignment);
    }
    batches.forEach((hand, batch) -> hand.worker.run(batch));
  }

  private long untilTick(long now) {
    return Math.max(0, lastTick + tickPeriod() - now);
  }

  private long tickPeriod() {
    // Nobody tells when the backlog has shrunk.
    return setup.settler.backlog() > MOST_UNSETTLED ? TICK : hands.watchPeriod(TICK, SLOW_TICK);
  }

  private void tick(long now) {
    if (untilTick(now) > 0) {
      return;
    }
    lastTick = now;
    for (Hand hand : hands.all()) {
      stopOverdue(hand, now);
      stopDeaf(hand, now);
      if (hand.ahead() > 0) {
        rebalance(hand, now);
      }
    }
    handOut();
  }

  /** Takes back what waits in this hand, for an idle one, or for the store if nothing moves. */
  private void rebalance(Hand hand, long now) {
    boolean othersIdle = hands.idleBesides(hand) > line.size();
    if (othersIdle) {
      recallInto(hand, now - TICK, line);
    } else {
      recallUnstarted(hand, now - UNMOVED);
    }
  }

  private void recallUnstarted(Hand hand, long before) {
    for (Assignment assignment : hand.unstarted(before)) {
      if (hand.recall(assignment)) {
        settle(assignment.lease(), new Outcome.NotStarted(), List.of());
      }
    }
  }

  private static void recallInto(Hand hand, long before, Deque<Lease> line) {
    List<Assignment> unstarted = hand.unstarted(before);
    unstarted.sort(Comparator.comparingLong(a -> -a.lease().key().seq()));
    for (Assignment assignment : unstarted) {
      if (hand.recall(assignment)) {
        line.addFirst(assignment.lease());
      }
    }
  }

  /** A worker whose JVM does not answer cannot stop its own runs: then its process must go. */
  private void stopOverdue(Hand hand, long now) {
    long report = queue.killGrace().plus(REPORT_SLACK).toNanos();
    for (Assignment assignment : hand.all()) {
      Mark mark = hand.mark(assignment);
      if (mark != Mark.STARTED && mark != Mark.WAITING) {
        continue;
      }
      Outcome outcome = null;
      if (hand.cancelledFor(assignment, report, now)) {
        outcome = new Outcome.Cancelled();
      } else if (!assignment.timeout().isZero()
          && hand.runningFor(assignment, now) > assignment.timeout().toNanos() + report) {
        outcome = new Outcome.TimedOut(failures.unanswered(assignment.timeout()), true);
      }
      if (outcome != null && hand.take(assignment.ticket()) != null) {
        settle(assignment.lease(), outcome, List.of());
        condemn(hand, "it did not answer when a job had to stop");
      }
    }
  }

  /** A worker that leaves a job lying although it has a slot for it will not start it any more. */
  private void stopDeaf(Hand hand, long now) {
    if (hand.freeSlots() > 0 && !hand.unstarted(now - UNANSWERED).isEmpty()) {
      condemn(hand, "it did not start a job that was handed to it");
    }
  }

  private void condemn(Hand hand, String why) {
    hand.leave();
    recallInto(hand, System.nanoTime(), line);
    hand.worker.kill(why);
  }

  // ---- settling ----

  private void settle(Lease lease, Outcome outcome, List<String> log) {
    bytesAhead = Math.max(0, bytesAhead - lease.payload().bytes().length);
    Settlement plain = Lifecycle.settle(lease.standing(), outcome, policy);
    Settlement settlement = log.isEmpty() ? plain : plain.withLog(log);
    if (settlement.move() instanceof Settlement.Stay) {
      entering++;
      setup.settler.add(settlement, accepted -> enterFailing(lease, settlement, accepted));
    } else {
      setup.settler.add(settlement, null);
    }
  }

  /** The failing phase is on disk: now its handlers may run. */
  private void enterFailing(Lease lease, Settlement settlement, boolean accepted) {
    locked(() -> {
      entering--;
      if (accepted && session != null) {
        Lease failing = lease.failing(settlement.counts(), settlement.errors());
        bytesAhead += lease.payload().bytes().length;
        backInLine(failing);
        if (draining) {
          giveBackLine();
        }
        handOut();
      }
      changed.signalAll();
    });
  }

  private boolean cancelled(Lease lease) {
    settle(lease, new Outcome.Cancelled(), List.of());
    return true;
  }

  private void giveBackLine() {
    while (!line.isEmpty()) {
      settle(line.remove(), new Outcome.NotStarted(), List.of());
    }
  }

  private void backInLine(Lease lease) {
    line.addFirst(lease);
  }

  private boolean idle() {
    return line.isEmpty() && entering == 0 && hands.empty();
  }

  private void locked(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }
}
