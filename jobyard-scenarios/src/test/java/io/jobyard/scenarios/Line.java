package io.jobyard.scenarios;

import java.util.UUID;

/**
 * One line of the {@link Ledger}: what a run did and when.
 *
 * @param run drawn at random for each run, so that two runs of a job can be told apart
 * @param worker the pid of the process it ran in
 * @param manager the pid of that process's parent
 * @param nanos {@link System#nanoTime}, which the processes of one machine share
 */
record Line(UUID job, String run, int attempt, long worker, long manager, What what, long nanos) {
  enum What {
    /** The body began. */
    START,
    /** The body goes on. */
    TICK,
    /** The body is about to return. */
    END,
    /** A failure handler began. */
    HANDLER
  }

  static Line parse(String text) {
    String[] words = text.split(" ", -1);
    if (words.length != 7) {
      throw new IllegalArgumentException("a torn line in the ledger: '" + text + "'");
    }
    return new Line(
        UUID.fromString(words[0]),
        words[1],
        Integer.parseInt(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]),
        What.valueOf(words[5]),
        Long.parseLong(words[6]));
  }

  @Override
  public String toString() {
    return String.join(
        " ",
        job.toString(),
        run,
        Integer.toString(attempt),
        Long.toString(worker),
        Long.toString(manager),
        what.name(),
        Long.toString(nanos));
  }
}
