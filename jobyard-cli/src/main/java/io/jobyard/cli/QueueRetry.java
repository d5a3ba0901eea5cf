package io.jobyard.cli;

import static io.jobyard.JobState.CANCELLED;
import static io.jobyard.JobState.FAILED;

import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes failed and cancelled jobs ready again. */
@Command(
    name = "retry",
    header = "Run failed jobs again, with fresh counts",
    description = {
      "Takes jobs by ID (failed or cancelled), or the failed ones of a queue or of all.",
      "Their history stays."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard queue retry 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "  jobyard queue retry --queue mail --kind send-welcome",
      "  jobyard queue retry --all --state cancelled",
      "",
      "Exit codes: 0 done, 1 not every named job could be retried, 2 wrong use"
    })
final class QueueRetry implements Callable<Integer> {
  private final Common common;
  @Mixin private final Selection selection = new Selection();

  QueueRetry(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    JobFilter filter = selection.filter(EnumSet.of(FAILED), EnumSet.of(FAILED, CANCELLED));
    int retried;
    try (JobStore store = common.openStore()) {
      long bound = Selection.bound(store, filter);
      retried = Batches.run(common.shell, "retry", bound, limit -> store.retry(filter, limit));
    }
    common.output().count("retried", retried);
    selection.requireAll(retried, "retried", "failed or cancelled");
    return 0;
  }
}
