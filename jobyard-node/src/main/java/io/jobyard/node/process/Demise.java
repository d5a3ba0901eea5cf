package io.jobyard.node.process;

import io.jobyard.run.Blame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of what a worker ends: what its manager decided, or else what its remains tell. Safe for use by
 * many threads.
 */
final class Demise {
  /** What follows is the last line that the process printed. */
  static final String SAID = "; it said: ";

  private @Nullable String killedFor;
  private @Nullable Blame charged;

  /**
   * What is known in the end.
   *
   * @param blame what its jobs are charged with; null if they are not
   * @param why one line
   */
  record Cause(@Nullable Blame blame, String why) {}

  /** It is to be killed, for this reason; false if that was decided before. */
  synchronized boolean kill(String why) {
    if (killedFor != null) {
      return false;
    }
    killedFor = why;
    return true;
  }

  /** Whatever it runs is charged with this, unless it is being killed for another reason. */
  synchronized void charge(Blame blame) {
    if (killedFor == null) {
      charged = blame;
    }
  }

  synchronized boolean decided() {
    return killedFor != null;
  }

  /**
   * Of what it died.
   *
   * @param failedStart why it could not be set up, in its own words; null if it could
   * @param retiring whether it had been asked to leave
   */
  synchronized Cause of(
      Process dead, WorkerJvm jvm, @Nullable String failedStart, boolean retiring) {
    boolean innocent =
        killedFor != null || failedStart != null || (retiring && dead.exitValue() == 0);
    Blame blame = charged;
    if (blame == null && !innocent) {
      blame = Autopsy.blame(jvm.remains(dead));
    }
    if (failedStart != null) {
      return new Cause(blame, failedStart);
    }
    if (killedFor != null) {
      return new Cause(blame, "killed: " + killedFor);
    }
    if (blame != null) {
      List<String> lines = jvm.output();
      return new Cause(blame, blame.message() + (lines.isEmpty() ? "" : SAID + lines.getLast()));
    }
    return new Cause(null, retiring ? "retired" : "it left, exit code " + dead.exitValue());
  }
}
