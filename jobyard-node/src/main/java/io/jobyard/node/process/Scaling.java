package io.jobyard.node.process;

import io.jobyard.config.Pool;
import io.jobyard.config.Processes;
import io.jobyard.config.QueueConfig;
import java.time.Duration;

/**
 * How many worker processes a queue needs: more when the jobs that wait would take too long at the
 * pace measured, fewer once some had nothing to do for a while. Knows no clock and no process; for
 * one thread.
 */
final class Scaling {
  /** How often to ask. */
  static final Duration PERIOD = Duration.ofMillis(500);

  /** What waits should be through in this time. */
  private static final double DRAIN_SECONDS = 2;

  /** A process that is not needed now may be needed soon. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private static final Duration LONGEST_LINGER = Duration.ofMinutes(5);
  private static final double WEIGHT = 0.3;

  private final Processes range;
  private double pace;
  private long lastDone;
  private long lastAt;
  private long calmSince;
  private int mostBusy;
  private boolean worked;
  private Duration rest = Duration.ZERO;
  private long restsSince;

  /**
   * The queue at this moment.
   *
   * @param processes there are, those that come up included
   * @param ready of them take jobs
   * @param busy of these run some
   * @param backlog jobs that wait
   * @param done jobs that ended since the queue's start
   */
  record Load(int processes, int ready, int busy, int backlog, long done) {}

  /**
   * @param now as {@link System#nanoTime}
   */
  Scaling(Processes range, long now) {
    this.range = range;
    this.lastAt = now;
    this.calmSince = now;
    this.restsSince = now;
  }

  /**
   * A pool's range, without processes that its queues' limits could never keep busy. Those would
   * come because jobs wait, leave because they get none, and come again. The limits are over all
   * nodes, so there may still be more than this node's share keeps busy.
   */
  static Processes useful(Pool pool) {
    Processes range = pool.range();
    long atOnce = 0;
    for (QueueConfig queue : pool.queues()) {
      if (queue.limit() == 0) {
        return range;
      }
      atOnce += queue.limit();
    }
    int busy = (int) Math.min(range.most(), Math.ceilDiv(atOnce, pool.threads()));
    return new Processes(range.least(), Math.max(range.least(), busy));
  }

  /** How many there are to be at first. */
  int first() {
    return range.least();
  }

  /** Jobs were pushed: whatever was tried in vain may be tried again. */
  void wake() {
    rest = Duration.ZERO;
  }

  /** How many there are to be. */
  int wanted(Load load, long now) {
    measure(load, now);
    worked |= load.busy() > 0;
    if (load.processes() == 0) {
      return fromNothing(load, now);
    }
    if (load.backlog() > 0 && load.busy() == load.ready() && load.busy() > 0) {
      calm(now, 0);
      return load.ready() == load.processes() ? more(load) : load.processes();
    }
    if (load.busy() >= load.processes()) {
      calm(now, 0);
      return load.processes();
    }
    mostBusy = Math.max(mostBusy, load.busy());
    if (now - calmSince < LINGER.toNanos()) {
      return load.processes();
    }
    int needed = Math.max(range.least(), mostBusy);
    calm(now, load.busy());
    if (needed == 0) {
      // Jobs that wait for a queue that is paused need no worker again and again.
      rest = worked ? Duration.ZERO : longer(rest);
      restsSince = now;
    }
    return Math.min(load.processes(), needed);
  }

  private int fromNothing(Load load, long now) {
    if (load.backlog() == 0 || now - restsSince < rest.toNanos()) {
      return range.least();
    }
    worked = false;
    calm(now, 0);
    return Math.max(1, range.least());
  }

  private static Duration longer(Duration rest) {
    Duration doubled = rest.isZero() ? LINGER : rest.multipliedBy(2);
    return doubled.compareTo(LONGEST_LINGER) > 0 ? LONGEST_LINGER : doubled;
  }

  private void calm(long now, int busy) {
    calmSince = now;
    mostBusy = busy;
  }

  /** At most twice as many: their pace is only known once they run. */
  private int more(Load load) {
    double seconds = pace > 0 ? load.backlog() / (pace * load.busy()) : Double.MAX_VALUE;
    if (seconds <= DRAIN_SECONDS) {
      return load.processes();
    }
    double needed =
        pace > 0 ? Math.ceil(load.backlog() / (pace * DRAIN_SECONDS)) : Double.MAX_VALUE;
    double grown = Math.min(needed, load.processes() * 2.0);
    return (int) Math.min(range.most(), Math.max(grown, load.processes() + 1.0));
  }

  /** Jobs a second that one busy process gets through. */
  private void measure(Load load, long now) {
    double seconds = (now - lastAt) / 1e9;
    if (seconds > 0 && load.busy() > 0) {
      double current = (load.done() - lastDone) / seconds / load.busy();
      pace = pace == 0 ? current : (1 - WEIGHT) * pace + WEIGHT * current;
    }
    lastDone = load.done();
    lastAt = now;
  }
}
