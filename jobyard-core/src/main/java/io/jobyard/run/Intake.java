package io.jobyard.run;

import io.jobyard.config.QueueConfig;
import io.jobyard.run.Sources.Source;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Session;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that leases jobs: it sleeps until there is room in the workers' hands and reason to
 * think that jobs wait (a wake-up, the next due time, the poll interval, or a last lease that was
 * filled), and lets the {@link Vigil} look around meanwhile.
 *
 * <p>Guarded by its dispatcher's lock, which is never held over a call of the store.
 */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final long MOST_BYTES_AHEAD = 8L * 1024 * 1024;
  private static final int MOST_UNSETTLED = 1_000;
  private static final int MOST_A_LEASE = 500;

  final Sources sources;
  private final Dispatcher.Setup setup;
  private final HandOut handOut;
  private final Ends ends;
  private final Vigil vigil;
  private final ReentrantLock lock;
  private final Condition changed;
  private final Thread thread;
  private @Nullable Session session;
  private boolean draining;
  private boolean closed;

  /** What is asked, and of which queue. */
  private record Question(Source source, LeaseRequest request) {}

  /**
   * @param lock the dispatcher's
   * @param changed of that lock
   */
  Intake(
      Dispatcher.Setup setup,
      HandOut handOut,
      Ends ends,
      Vigil vigil,
      ReentrantLock lock,
      Condition changed) {
    this.setup = setup;
    this.handOut = handOut;
    this.ends = ends;
    this.vigil = vigil;
    this.lock = lock;
    this.changed = changed;
    this.sources = new Sources(setup.pool());
    this.thread =
        Thread.ofPlatform()
            .name("jobyard-dispatch-" + setup.pool().name())
            .daemon()
            .unstarted(this::leaseForEver);
  }

  void start() {
    thread.start();
  }

  /** From now on jobs are leased for this session; null for none. */
  void serve(@Nullable Session current) {
    session = current;
    if (current != null) {
      sources.wake(null);
    }
  }

  boolean serving() {
    return session != null;
  }

  void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }

  void close() {
    closed = true;
  }

  /** Hands out what waits; what nobody here is to run goes back to the store. */
  void handOn() {
    if (draining) {
      handOut.returnWaiting();
    } else if (setup.duty() == Dispatcher.Duty.SUSPECTS) {
      handOut.returnLines();
    }
    handOut.run();
  }

  private void leaseForEver() {
    Patience patience = new Patience(LOG, "lease jobs of " + setup.pool().name());
    while (true) {
      Question question = awaitRoom();
      if (question == null) {
        return;
      }
      try {
        accept(question, setup.store().lease(question.request));
        patience.success();
      } catch (RuntimeException e) {
        patience.failure(e);
        lock.lock();
        try {
          question.source.lookout().in(patience.delay());
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private @Nullable Question awaitRoom() {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        boolean often = congested() || handOut.pinnedWait(); // nobody tells of their end
        vigil.tick(now, often);
        int room = room();
        Session current = session;
        if (current != null && room > 0 && sources.due(now)) {
          int share = sources.share(room, now);
          Source source = sources.next(now);
          source.lookout().asking();
          return new Question(source, request(current, source.queue(), share));
        }
        long tick = vigil.untilTick(now, often);
        long wait = room > 0 ? Math.min(sources.untilDue(now), tick) : tick;
        changed.awaitNanos(Math.max(1, wait));
      }
      return null;
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private int room() {
    boolean takes = session != null && !draining && setup.duty() == Dispatcher.Duty.ALL;
    return takes && !congested() ? handOut.room() : 0;
  }

  private LeaseRequest request(Session current, QueueConfig queue, int room) {
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

  private void accept(Question question, Leased leased) {
    lock.lock();
    try {
      long bytes = 0;
      for (Lease lease : leased.leases()) {
        bytes += lease.payload().bytes().length;
        handOut.take(lease.withClassSettings(setup.kindSettings().apply(lease.kind())));
      }
      question.source.lookout().answered(question.request, leased, bytes, MOST_BYTES_AHEAD);
      if (session == null || session.number() != question.request.session().number()) {
        handOut.forget();
      }
      handOn();
    } finally {
      lock.unlock();
    }
  }
}
