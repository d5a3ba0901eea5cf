package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import io.jobyard.codec.KindIndex;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes a node's workers from one version of the jobs' code to the next. One thread does it: it
 * waits to be asked, or sees files change and come to rest; copies the class path; tries workers of
 * the copy out in all queues; and when all are ready lets the jobs go to them. If anything of that
 * fails, the old code stays, and one line says why.
 *
 * <p>Whatever an attempt runs into, the thread goes on and the next attempt can do better.
 *
 * <p>A change that comes while one is tried takes its place: the latest wins. Start once; closing
 * twice, or without a start, is harmless.
 */
public final class Generations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Generations.class);
  private static final Duration LOOK = Duration.ofMillis(250);

  /** Where nothing is watched; what is asked for is done at once. */
  private static final Duration SELDOM = Duration.ofSeconds(2);

  private static final Duration QUIET = Duration.ofMillis(450);
  private static final Duration UNREST = Duration.ofSeconds(5);

  /** An on-start that hangs must not hold twice the memory for ever. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Not at once: the cache takes seconds of a processor, and the next change may be near. */
  private static final Duration UNTIL_CACHED = Duration.ofSeconds(10);

  private final CodeStore code;
  private final boolean watch;
  private final Consumer<Generation> cacheMaker;
  private final InstantSource clock;
  private final List<Ranks> ranks = new ArrayList<>();
  private final List<Generation> left = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("jobyard-generations").unstarted(this::work);
  private final Rest rest;
  private volatile Generation current;
  private volatile Reloads last;
  private long adoptedAt = System.nanoTime();
  private boolean cached;
  private String hitch = "";
  private int newest = 1;

  // Guarded by the lock.
  private long asked;
  private long answered;
  private boolean closed;

  /**
   * Takes the first generation.
   *
   * @param watch whether a change of the files is enough
   * @param cacheMaker told once of each generation that lasts; must return at once
   * @throws JobyardException if the class path cannot be used
   */
  public Generations(
      CodeStore code, boolean watch, Consumer<Generation> cacheMaker, InstantSource clock) {
    if (watch && !code.copies()) {
      throw new JobyardException(
          "watch: there is nothing to watch; name the jobs' jars or folders in classpath");
    }
    this.code = code;
    this.watch = watch;
    this.cacheMaker = cacheMaker;
    this.clock = clock;
    this.rest = new Rest(code.look(), QUIET, UNREST);
    this.current = code.take(newest);
    this.last = new Reloads(newest, null, Reloads.Result.NONE.word(), null);
  }

  /** From now on changes are tried out in these. */
  public void start(List<? extends Ranks> all) {
    ranks.addAll(all);
    thread.start();
  }

  /** The one that gets the jobs. */
  public Generation current() {
    return current;
  }

  /** What can run now. */
  public KindIndex kinds() {
    return current.kinds();
  }

  public Reloads last() {
    return last;
  }

  /**
   * Changes to the class path as it is now, whether it changed or not, and waits for the result.
   *
   * @throws JobyardException if the node stops meanwhile, or no code is taken any more
   */
  public Reloads reload() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long mine = ++asked;
      changed.signalAll();
      while (answered < mine) {
        if (closed) {
          throw new JobyardException("the node stops, or its log says why it takes no new code");
        }
        changed.await();
      }
      return last;
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread ----

  private void work() {
    try {
      while (awaitTurn()) {
        turn();
      }
    } catch (InterruptedException e) {
      LOG.debug("the thread for generations was told to end");
    } catch (Error e) {
      LOG.error("new code is not taken any more, restart the node: ", e);
      throw e;
    } finally {
      close(); // so that nobody waits for an answer
    }
  }

  private void turn() throws InterruptedException {
    try {
      if (wanted() || changedOnDisk()) {
        change();
      }
      tidy();
      hitch = "";
    } catch (RuntimeException e) {
      if (!hitch.equals(e.toString())) { // said once, not at every look
        hitch = e.toString();
        LOG.error("could not look after the jobs' code; trying again: ", e);
      }
    }
  }

  /** False at the end. */
  @SuppressWarnings("WaitNotInLoop") // woken for nothing, it looks a little early
  private boolean awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      if (!closed && asked == answered) {
        Duration look = watch ? LOOK : SELDOM;
        var unused = changed.await(look.toMillis(), TimeUnit.MILLISECONDS);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean wanted() {
    lock.lock();
    try {
      return asked > answered;
    } finally {
      lock.unlock();
    }
  }

  private boolean changedOnDisk() {
    return watch && rest.settled(code.look(), System.nanoTime());
  }

  /** Until an attempt comes to its end without another one taking its place. */
  private void change() throws InterruptedException {
    Attempt attempt;
    do {
      attempt = new Attempt(++newest, request());
      last = view(Reloads.Result.RELOADING, null);
    } while (!attempt.run());
    String failure = attempt.failure;
    if (failure == null) {
      last = view(Reloads.Result.RELOADED, null);
      LOG.info("generation {} gets the jobs from now on", current.number());
    } else {
      last = view(Reloads.Result.KEPT, failure);
      LOG.warn("new code was not taken, generation {} stays: {}", current.number(), failure);
    }
    answer(attempt.request);
  }

  private Reloads view(Reloads.Result result, @Nullable String reason) {
    String now = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    return new Reloads(current.number(), now, result.word(), reason);
  }

  private long request() {
    lock.lock();
    try {
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private void answer(long upTo) {
    lock.lock();
    try {
      answered = Math.max(answered, upTo);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Removes what no worker runs any more; lets a cache be made for what has come to stay. */
  private void tidy() {
    left.removeIf(generation -> {
      boolean gone = ranks.stream().noneMatch(s -> s.generations().contains(generation.number()));
      if (gone) {
        code.remove(generation);
      }
      return gone;
    });
    if (!cached
        && System.nanoTime() - adoptedAt >= UNTIL_CACHED.toNanos()
        && ranks.stream().anyMatch(Ranks::staffed)) {
      cached = true;
      cacheMaker.accept(current);
    }
  }

  private void changeTo(Generation next) {
    left.add(current);
    current = next;
    adoptedAt = System.nanoTime();
    cached = false;
  }

  /** One try to change the code. */
  private final class Attempt {
    private final int number;
    private final long request;
    private @Nullable String failure;

    Attempt(int number, long request) {
      this.number = number;
      this.request = request;
    }

    /** False if something newer has to be tried instead. */
    boolean run() throws InterruptedException {
      try {
        return tried();
      } catch (JobyardException e) {
        failure = String.valueOf(e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("generation {} could not be tried: ", number, e);
        failure = "unexpectedly, " + e;
      }
      return true;
    }

    private boolean tried() throws InterruptedException {
      Fingerprint files = code.look();
      rest.taken(files);
      Generation next = code.take(number);
      if (next.kinds().size() == 0 && current.kinds().size() > 0) {
        failure = "classpath: it holds no job any more";
        code.remove(next);
        return true;
      }
      return tryOut(next);
    }

    private boolean tryOut(Generation next) throws InterruptedException {
      Trial trial = new Trial(ranks, Generations.this::ring);
      boolean newer;
      try {
        trial.begin(next);
        newer = awaitVerdict(trial);
      } catch (RuntimeException e) {
        dismiss(trial, next);
        throw e;
      }
      if (newer || failure != null) {
        dismiss(trial, next);
      } else {
        changeTo(next);
        trial.adopt();
      }
      return !newer;
    }

    private void dismiss(Trial trial, Generation next) {
      left.add(next);
      trial.dismiss();
    }

    /** True if something newer came meanwhile. */
    private boolean awaitVerdict(Trial trial) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!trial.isDecided()) {
        if (request() > request || changedOnDisk()) {
          return true;
        }
        if (System.nanoTime() - end > 0) {
          failure = "its workers were not ready within " + PATIENCE.toSeconds() + " s";
          return false;
        }
        awaitNews(trial);
      }
      failure = trial.failure();
      return false;
    }
  }

  private void ring() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Until the trial is decided, or it is time for the next look. */
  @SuppressWarnings("WaitNotInLoop") // woken for nothing, it looks a little early
  private void awaitNews(Trial trial) throws InterruptedException {
    lock.lock();
    try {
      if (!closed && !trial.isDecided()) {
        var unused = changed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      }
      if (closed) {
        throw new InterruptedException("the node stops");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Changes nothing any more; what is tried out just now is the queue's to end. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
