package io.jobyard.run;

import io.jobyard.store.Phase;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run in a worker. Its body reports the end, or the {@link Watch} does when it is stuck:
 * whoever comes first. Guarded by itself.
 */
final class Run {
  private static final int MOST_LOG_LINES = 1_000;

  final Assignment assignment;
  final long deadline;
  private final boolean limited;
  final ProgressPace progress = new ProgressPace();
  private final ArrayDeque<String> log = new ArrayDeque<>();
  private @Nullable Thread thread;
  private @Nullable Stop stop;
  private long graceEnd;
  private @Nullable String dump;
  private boolean over;

  /** Why a run is being stopped. */
  enum Stop {
    TIMEOUT,
    CANCEL
  }

  Run(Assignment assignment, long now) {
    this.assignment = assignment;
    this.limited = !assignment.timeout().isZero();
    this.deadline = now + assignment.timeout().toNanos();
  }

  int ticket() {
    return assignment.ticket();
  }

  boolean failing() {
    return assignment.lease().standing().phase() == Phase.FAILING;
  }

  synchronized void begin(Thread runner) {
    thread = runner;
    if (stop != null) {
      runner.interrupt();
    }
  }

  synchronized @Nullable Thread thread() {
    return thread;
  }

  /** When the watch must look at this run next; null if never. */
  synchronized @Nullable Long next() {
    return stop != null ? (Long) graceEnd : limited ? (Long) deadline : null;
  }

  /** Interrupts the run. False if it is being stopped already, or over. */
  synchronized boolean stop(Stop why, long until, @Nullable String dumpBefore) {
    if (stop != null || over) {
      return false;
    }
    stop = why;
    graceEnd = until;
    dump = dumpBefore;
    if (thread != null) {
      thread.interrupt();
    }
    return true;
  }

  synchronized @Nullable Stop stopping() {
    return stop;
  }

  synchronized @Nullable String dump() {
    return dump;
  }

  /** Claims the right to report the end of this run. */
  synchronized boolean end() {
    boolean first = !over;
    over = true;
    return first;
  }

  synchronized boolean over() {
    return over;
  }

  synchronized void log(String line) {
    if (log.size() == MOST_LOG_LINES) {
      log.removeFirst();
    }
    log.addLast(line);
  }

  synchronized List<String> log() {
    return log.isEmpty() ? List.of() : List.copyOf(log);
  }
}
