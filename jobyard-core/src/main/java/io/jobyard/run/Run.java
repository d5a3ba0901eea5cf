package io.jobyard.run;

import io.jobyard.store.Phase;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run in a worker. Its body reports the end, or the {@link Watch} does when it is stuck:
 * whoever comes first. Guarded by itself.
 */
final class Run {
  final Assignment assignment;
  final long deadline;
  private final boolean limited;
  final ProgressPace progress = new ProgressPace();
  private @Nullable RunLog log;
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

  /**
   * A line for its log.
   *
   * @param live takes what is passed on, now or later; the same each time
   */
  void log(String line, Consumer<String> live) {
    openLog(live).add(line);
  }

  private synchronized RunLog openLog(Consumer<String> live) {
    RunLog current = log;
    if (current == null) {
      current = new RunLog(live);
      log = current;
    }
    return current;
  }

  /** Nothing more is logged. */
  void endLog() {
    RunLog current = currentLog();
    if (current != null) {
      current.end();
    }
  }

  List<String> log() {
    RunLog current = currentLog();
    return current == null ? List.of() : current.lines();
  }

  private synchronized @Nullable RunLog currentLog() {
    return log;
  }
}
