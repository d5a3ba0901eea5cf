package io.jobyard.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom workers report to; safe for use by many threads. */
public interface Crew {
  /** The worker is up and takes jobs from now on. */
  void ready(Worker worker);

  /** Runs came to an end. */
  void done(Worker worker, List<Finished> runs);

  /** A run waits for another job and lends its slot meanwhile, or goes on. */
  void waiting(Worker worker, int ticket, boolean waits);

  /** Whether this run is in its care, and not over as far as it was told. */
  boolean has(Worker worker, int ticket);

  /**
   * The worker is no more; nothing of what ran in it runs on.
   *
   * @param blame what its running jobs are charged with; null where they are innocent (it was
   *     retired, or killed on the node's own decision)
   */
  void gone(Worker worker, @Nullable Blame blame);
}
