package io.jobyard.node.process;

import io.jobyard.FailureType;
import io.jobyard.config.Staffing;
import io.jobyard.run.Blame;
import java.time.Duration;
import java.util.Optional;

/**
 * When a worker has served long enough: by its age, its jobs, or the memory it holds. The other
 * reason, a heap that stays full, the worker tells by itself. Touched by its queue's own thread
 * only.
 */
final class Renewal {
  private static final long MEMORY_EVERY = Duration.ofSeconds(1).toNanos();

  /** A replacement needs some time to come up. */
  private static final double SECONDS_AHEAD = 3;

  private static final double KILL_ABOVE = 1.5;

  private final Staffing staffing;
  private long memoryAt = System.nanoTime();

  Renewal(Staffing staffing) {
    this.staffing = staffing;
  }

  /** Whether there is anything to look at. */
  boolean wanted() {
    return staffing.rss() > 0 || staffing.maxJobs() > 0 || !staffing.maxAge().isZero();
  }

  /** Whether it is time to look how much memory they hold. */
  boolean memoryDue() {
    long now = System.nanoTime();
    boolean due = staffing.rss() > 0 && now - memoryAt >= MEMORY_EVERY;
    memoryAt = due ? now : memoryAt;
    return due;
  }

  /**
   * Why this worker is to be replaced; empty if it is not.
   *
   * @param memory whether to look how much memory it holds
   */
  Optional<String> reason(WorkerProcess worker, boolean memory) {
    if (memory && worker.residentBytes() > staffing.rss()) {
      return Optional.of(holds(worker.residentBytes()));
    }
    Term term = worker.term();
    if (!term.age().isZero() && worker.age().compareTo(term.age()) > 0) {
      return Optional.of("it is older than max-age allows");
    }
    return soonSpent(worker, term) ? Optional.of(Relief.SPENT) : Optional.empty();
  }

  private static boolean soonSpent(WorkerProcess worker, Term term) {
    if (term.jobs() == Integer.MAX_VALUE) {
      return false;
    }
    long done = worker.doneCount();
    double pace = done / Math.max(0.001, worker.age().toMillis() / 1000.0);
    return term.brief() || term.jobs() - done <= pace * SECONDS_AHEAD;
  }

  /** What to charge its jobs with, if it holds far too much; then it must go at once. */
  Optional<Blame> excess(WorkerProcess worker) {
    long resident = worker.residentBytes();
    return resident > staffing.rss() * KILL_ABOVE
        ? Optional.of(
            new Blame(
                FailureType.OUT_OF_MEMORY,
                "the worker was killed: " + holds(resident) + ", by more than half of it",
                "",
                worker.pid()))
        : Optional.empty();
  }

  private String holds(long resident) {
    return "it held "
        + (resident >> 20)
        + " MB of the machine's memory, more than rss allows ("
        + (staffing.rss() >> 20)
        + " MB)";
  }
}
