package io.jobyard.cli;

import static io.jobyard.JobState.CANCELLED;
import static io.jobyard.JobState.FAILED;
import static io.jobyard.JobState.READY;
import static io.jobyard.JobState.SCHEDULED;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Empties queues: removes what waits and what has failed. Asks first. */
@Command(
    name = "clean",
    header = "Empty a queue: remove waiting, failed and cancelled jobs",
    description = {
      "Running jobs go on. Asks before it removes anything; where nobody can answer, --yes is"
          + " needed."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard queue clean --queue mail",
      "  jobyard queue clean --queue mail --state scheduled --yes",
      "",
      "Exit codes: 0 done, 1 not removed, 2 wrong use or no --yes"
    })
final class QueueClean implements Callable<Integer> {
  private static final Set<JobState> CLEANED = EnumSet.of(READY, SCHEDULED, FAILED, CANCELLED);

  private final Common common;
  @Mixin private final Selection selection = new Selection();

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  QueueClean(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    JobFilter filter = selection.filter(CLEANED, CLEANED);
    int removed;
    try (JobStore store = common.openStore()) {
      long bound = Selection.bound(store, filter);
      if (bound > 0 && !agreed(bound)) {
        common.shell.err().println("nothing was removed");
        return 1;
      }
      removed = Batches.run(common.shell, "clean", bound, limit -> store.forget(filter, limit));
    }
    common.output().count("removed", removed);
    selection.requireAll(removed, "removed", "free to go: a running job is cancelled first");
    return 0;
  }

  private boolean agreed(long bound) {
    if (yes) {
      return true;
    }
    if (!common.shell.asks()) {
      throw new WrongUse("would remove up to " + bound + " jobs for good; say --yes to do it");
    }
    return common.shell.confirm("Remove up to " + bound + " jobs for good?");
  }
}
