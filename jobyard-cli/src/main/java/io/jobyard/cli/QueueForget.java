package io.jobyard.cli;

import static io.jobyard.JobState.CANCELLED;
import static io.jobyard.JobState.FAILED;
import static io.jobyard.JobState.READY;
import static io.jobyard.JobState.SCHEDULED;
import static io.jobyard.JobState.SUCCEEDED;

import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes jobs that have ended, or single ones that wait. */
@Command(
    name = "forget",
    header = "Remove failed and cancelled jobs",
    description = {
      "Takes jobs by ID (any that do not run), or the failed and cancelled ones of a queue or of"
          + " all.",
      "They are counted as forgotten. To empty a queue of waiting jobs too: queue clean."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard queue forget 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "  jobyard queue forget --queue mail --state failed",
      "",
      "Exit codes: 0 done, 1 not every named job could be removed, 2 wrong use"
    })
final class QueueForget implements Callable<Integer> {
  private final Common common;
  @Mixin private final Selection selection = new Selection();

  QueueForget(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    JobFilter filter =
        selection.filter(
            EnumSet.of(FAILED, CANCELLED),
            selection.many()
                ? EnumSet.of(FAILED, CANCELLED, SUCCEEDED)
                : EnumSet.of(READY, SCHEDULED, SUCCEEDED, FAILED, CANCELLED));
    int forgotten;
    try (JobStore store = common.openStore()) {
      long bound = Selection.bound(store, filter);
      forgotten = Batches.run(common.shell, "forget", bound, limit -> store.forget(filter, limit));
    }
    common.output().count("forgotten", forgotten);
    selection.requireAll(forgotten, "forgot", "free to go: a running job is cancelled first");
    return 0;
  }
}
