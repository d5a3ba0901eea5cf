package io.jobyard.cli;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobView;
import java.util.Optional;

/** What only the node that runs a job knows of it. */
final class Live {
  private Live() {}

  /**
   * What a running job said at this machine's node; empty if it does not run there.
   *
   * @param from the first line wanted; 0 is the oldest
   */
  static Optional<LiveRuns.Said> said(Config config, JobView job, long from) {
    if (job.state() != JobState.RUNNING) {
      return Optional.empty();
    }
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return control.said(job.id(), from);
    } catch (JobyardException e) {
      return Optional.empty(); // it runs elsewhere; what is stored is shown
    }
  }
}
