package io.jobyard.run;

import io.jobyard.config.Pool;
import io.jobyard.run.Estate.Share;
import io.jobyard.run.RunBoard.Entry;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker process takes from the store itself, as its manager holds it. The worker leases and
 * settles; the session it does so for is the manager's, which beats it, passes on cancels, watches
 * the runs on the {@link RunBoard}, and, once the worker is dead, settles what it left behind. So a
 * lease lives and ends just as if the manager had handed the job out.
 *
 * <p>{@link #start} once; {@link #windUp} when the worker is dead; {@link #close} is for a node
 * that ends, and harmless after that. Safe for use by many threads.
 */
public final class Claim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  /** As long as a dispatcher waits for a job it handed over to be started. */
  private static final long UNANSWERED = Duration.ofSeconds(3).toNanos();

  /** Time for a worker to report and settle a run that had to stop: the dump, and the store. */
  private static final Duration REPORT_SLACK = Duration.ofMillis(1_700);

  private static final long LOOK_MS = 100;

  private final Setup setup;
  private final Holder holder;
  private final Heart heart;
  private final LostAndFound lost;
  private final Map<LeaseKey, Outcome> verdicts = new ConcurrentHashMap<>();
  private final Map<LeaseKey, Long> cancelled = new ConcurrentHashMap<>();
  private final Set<LeaseKey> adopted = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable Session session;

  /**
   * What a claim needs.
   *
   * @param heart beats the worker's session, and tells the listener of it
   * @param kindSettings what a kind's class decides
   */
  record Setup(
      JobStore store,
      Settler settler,
      Dispatcher dispatcher,
      Failures failures,
      Function<Heart.Listener, Heart> heart,
      Pool pool,
      Function<String, JobSettings> kindSettings) {}

  /** The worker, as far as a claim is concerned. No method may block for long. */
  public interface Holder {
    RunBoard board();

    int threads();

    /** From now on it may lease jobs for this session. */
    void serve(Session session);

    /** Its leases hold until this moment, as {@link System#nanoTime}. */
    void renewed(long until);

    /** Its session is gone, and every lease with it. */
    void abandon();

    /** Somebody asked for these to be cancelled. */
    void cancel(Set<LeaseKey> keys);
  }

  Claim(Setup setup, Holder holder) {
    this.setup = setup;
    this.holder = holder;
    this.heart = setup.heart.apply(new Pulse());
    this.lost = new LostAndFound(setup.store, setup.settler, setup.dispatcher::held);
  }

  public void start() {
    heart.start();
  }

  /** The worker may not run this job itself: it is to run alone. */
  public void adopt(Lease suspect) {
    setup.dispatcher.adopt(List.of(suspect));
    adopted.add(suspect.key());
  }

  /** Whether it was closed. */
  boolean over() {
    return closing.getCount() == 0;
  }

  /** Asks the store which of the jobs are to be cancelled. */
  void passOnCancels() {
    Session current = session;
    Set<LeaseKey> keys = current == null ? Set.of() : setup.store.cancelRequested(current);
    if (!keys.isEmpty()) {
      keys.forEach(key -> cancelled.putIfAbsent(key, System.nanoTime()));
      setup.dispatcher.cancel(keys);
      holder.cancel(keys);
    }
    cancelled.keySet().retainAll(keys);
    if (!adopted.isEmpty()) {
      adopted.retainAll(setup.dispatcher.held());
    }
  }

  /**
   * Looks whether the worker still does what it must.
   *
   * @return why it has to be killed; null if it need not
   */
  public @Nullable String overdue() {
    long now = System.nanoTime();
    long patience = setup.pool.killGrace().plus(REPORT_SLACK).toNanos();
    int running = 0;
    boolean lying = false;
    String why = null;
    for (Entry run : holder.board().entries()) {
      running += run.mark() == Mark.STARTED ? 1 : 0;
      lying |= run.mark() == Mark.HANDED && now - run.since() > UNANSWERED;
      if (run.runs()) {
        Outcome verdict = verdict(run, now, patience);
        if (verdict != null) {
          verdicts.put(run.key(), verdict);
          why = "it did not answer when a job had to stop";
        }
      }
    }
    return why == null && lying && running < holder.threads()
        ? "it did not start a job that it had taken"
        : why;
  }

  private @Nullable Outcome verdict(Entry run, long now, long patience) {
    Long asked = cancelled.get(run.key());
    if (asked != null && now - asked > patience) {
      return new Outcome.Cancelled();
    }
    boolean limited = !run.timeout().isZero();
    return limited && now - run.since() > run.timeout().toNanos() + patience
        ? new Outcome.TimedOut(setup.failures.unanswered(run.timeout()), true)
        : null;
  }

  /**
   * The worker is dead: settles what it had, on a thread of its own, and ends its session.
   *
   * @param blame what it died of; null if no job is to blame
   * @param done told when nothing of it is left
   */
  public void windUp(@Nullable Blame blame, Runnable done) {
    List<Entry> board = holder.board().entries();
    Thread.ofPlatform()
        .daemon()
        .name("jobyard-estate")
        .start(() -> {
          windUp(blame, board);
          close();
          done.run();
        });
  }

  private void windUp(@Nullable Blame blame, List<Entry> board) {
    Patience patience = new Patience(LOG, "settle what a dead worker had");
    boolean divided = false;
    boolean left = true;
    while (left && closing.getCount() > 0) {
      Session current = session;
      if (current == null) {
        return; // others settle its jobs, or have already
      }
      long pause = LOOK_MS;
      try {
        if (!divided) {
          divide(setup.store.held(current), blame, board);
          divided = true;
        }
        left = !lost.look(current).isEmpty();
        patience.success();
      } catch (RuntimeException e) {
        patience.failure(e);
        pause = patience.delay().toMillis();
      }
      left &= !pauses(left ? pause : 0);
    }
  }

  private boolean pauses(long millis) {
    try {
      return closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void divide(List<Standing> held, @Nullable Blame blame, List<Entry> board) {
    Set<LeaseKey> elsewhere = new HashSet<>(setup.dispatcher.held());
    elsewhere.addAll(setup.settler.pending());
    List<Standing> own = held.stream().filter(job -> !elsewhere.contains(job.key())).toList();
    Estate estate =
        Estate.of(
            own,
            board,
            verdicts,
            blame == null ? null : setup.failures.died(blame),
            setup.dispatcher.canIsolate());
    Map<UUID, Lease> leases = leases(estate);
    for (Share share : estate.ended()) {
      Lease lease = leases.get(share.job().key().id());
      if (lease != null) {
        setup.dispatcher.settle(lease, share.outcome());
      } else {
        setup.settler.add(
            Lifecycle.settle(share.job(), share.outcome(), setup.pool.policy(share.job().queue())),
            null);
      }
    }
    for (Standing suspect : estate.suspects()) {
      Lease lease = leases.get(suspect.key().id());
      if (lease != null) {
        adopt(lease);
      }
    }
  }

  /** Of those in whose fate their class has a say. */
  private Map<UUID, Lease> leases(Estate estate) {
    Map<UUID, Standing> wanted = new HashMap<>();
    estate.ended().stream()
        .filter(Share::charged)
        .map(Share::job)
        .forEach(job -> wanted.put(job.key().id(), job));
    estate.suspects().forEach(job -> wanted.put(job.key().id(), job));
    Map<UUID, Lease> leases = new HashMap<>();
    for (JobView view : wanted.isEmpty() ? List.<JobView>of() : setup.store.find(wanted.keySet())) {
      leases.put(view.id(), lease(Objects.requireNonNull(wanted.get(view.id())), view));
    }
    return leases;
  }

  private Lease lease(Standing job, JobView view) {
    return new Lease(
            job,
            view.kind(),
            view.payload(),
            view.priority(),
            view.slot(),
            view.runAt(),
            job.phase() == Phase.FAILING ? view.errors() : List.of(),
            view.meta())
        .withClassSettings(setup.kindSettings.apply(view.kind()));
  }

  /** Ends the session; what is still leased for it is free for others. */
  @Override
  public void close() {
    closing.countDown();
    heart.close();
  }

  private final class Pulse implements Heart.Listener {
    @Override
    public void joined(Session current) {
      session = current;
      holder.serve(current);
    }

    @Override
    public void renewed(long until) {
      holder.renewed(until);
    }

    @Override
    public void lost() {
      session = null;
      holder.abandon();
      setup.dispatcher.cancel(Set.copyOf(adopted));
      adopted.clear();
    }
  }
}
