package io.jobyard.node.process;

import io.jobyard.config.Pool;
import io.jobyard.node.frame.Frame;
import io.jobyard.run.Blame;
import io.jobyard.run.Claim;
import io.jobyard.run.Crew;
import io.jobyard.run.Finished;
import io.jobyard.run.Foreman;
import io.jobyard.run.Heart;
import io.jobyard.run.RunBoard;
import io.jobyard.run.Worker;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches over those workers of a queue that take their jobs from the store themselves. Each has a
 * {@link Claim}, from when it may begin until all that it left behind is settled.
 *
 * <p>{@link #look} must be called often. Safe for use by many threads.
 */
final class Grabbing implements Crew {
  private static final long ASK_EVERY = Duration.ofSeconds(2).toNanos();

  /** So many questions in a row without a word from the worker: it is frozen. */
  private static final int UNANSWERED = 3;

  private final Pool pool;
  private final Foreman foreman;
  private final long margin;
  private final Runnable settled;
  private final Map<WorkerProcess, Held> held = new ConcurrentHashMap<>();

  /**
   * @param lease how long a session lives without a beat
   * @param settled told when nothing is left of a dead worker
   */
  Grabbing(Pool pool, Foreman foreman, Duration lease, Runnable settled) {
    this.pool = pool;
    this.foreman = foreman;
    this.margin = Heart.margin(lease).toNanos();
    this.settled = settled;
  }

  @Override
  public void ready(Worker worker) {
    Held fresh = new Held((WorkerProcess) worker);
    held.put(fresh.worker, fresh);
    fresh.claim.start();
  }

  @Override
  public void gone(Worker worker, @Nullable Blame blame) {
    Held left = worker instanceof WorkerProcess process ? held.get(process) : null;
    if (left != null) {
      left.dead = true;
      left.claim.windUp(
          blame,
          () -> {
            held.remove(left.worker);
            settled.run();
          });
    }
  }

  @Override
  public void done(Worker worker, List<Finished> runs) {
    worker.kill("it reported runs that it has to settle itself");
  }

  @Override
  public void waiting(Worker worker, int ticket, boolean waits) {
    worker.kill("it reported a run that it has to look after itself");
  }

  @Override
  public boolean has(Worker worker, int ticket) {
    Held by = worker instanceof WorkerProcess process ? held.get(process) : null;
    return by != null && by.holds();
  }

  /** A job that one of them leased is to run alone. */
  void takeOver(WorkerProcess worker, Lease suspect) {
    Held from = held.get(worker);
    if (from != null) {
      from.claim.adopt(suspect);
    }
  }

  /** Whether something of a worker, living or dead, is left. */
  boolean any() {
    return !held.isEmpty();
  }

  /** Ends whoever does not do what it must. */
  void look() {
    held.values().forEach(Held::look);
  }

  private final class Held implements Claim.Holder {
    private final WorkerProcess worker;
    private final Claim claim;
    private volatile long validUntil;
    private volatile boolean dead;
    private long askedAt = System.nanoTime();
    private int asked;

    Held(WorkerProcess worker) {
      this.worker = worker;
      this.claim = foreman.claim(pool, worker.pid(), this);
    }

    /** Whether its leases do. */
    boolean holds() {
      return validUntil - System.nanoTime() > 0;
    }

    void look() {
      if (dead) {
        return;
      }
      String why = claim.overdue();
      if (why == null && silent()) {
        why = "it does not answer any more";
      }
      if (why != null) {
        worker.kill(why);
      }
    }

    /** What a frozen one has leased would never run: it must not go unnoticed. */
    private boolean silent() {
      long now = System.nanoTime();
      if (validUntil == 0 || now - askedAt < ASK_EVERY) {
        return false;
      }
      asked = worker.heardSince(askedAt) ? 1 : asked + 1;
      askedAt = now;
      worker.send(new Frame.Leases(validUntil));
      return asked > UNANSWERED;
    }

    @Override
    public RunBoard board() {
      return worker.board();
    }

    @Override
    public int threads() {
      return worker.threads();
    }

    @Override
    public void serve(Session session) {
      worker.send(new Frame.Serve(session, worker.slot(), worker.quota()));
    }

    @Override
    public void renewed(long until) {
      validUntil = until - margin;
      worker.send(new Frame.Leases(validUntil));
    }

    @Override
    public void abandon() {
      validUntil = 0;
      worker.send(new Frame.Abandon());
    }

    @Override
    public void cancel(Set<LeaseKey> keys) {
      worker.send(new Frame.CancelJobs(List.copyOf(keys)));
    }
  }
}
