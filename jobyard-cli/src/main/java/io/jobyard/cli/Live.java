package io.jobyard.cli;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobView;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What only the node that runs a job knows of it: asked of the node of this run directory. */
final class Live {
  private Live() {}

  /**
   * What a running job said; empty if it does not run here, or said nothing.
   *
   * @param from the first line wanted; 0 is the oldest
   */
  static Optional<LiveRuns.Said> said(Config config, JobView job, long from) {
    return job.state() == JobState.RUNNING ? said(config, job.id(), from) : Optional.empty();
  }

  /** The same for a job that may have ended a moment ago. */
  static Optional<LiveRuns.Said> said(Config config, UUID job, long from) {
    return asked(config, control -> control.said(job, from)).flatMap(said -> said);
  }

  /** Where a running job stands; empty if it does not run here. May take two seconds. */
  static Optional<JobSight> sight(Config config, JobView job) {
    return job.state() == JobState.RUNNING
        ? asked(config, control -> control.look(job.id())).flatMap(sight -> sight)
        : Optional.empty();
  }

  /** The name of the node here; empty where none runs. */
  static Optional<String> node(Config config) {
    return asked(config, NodeControl::name);
  }

  private static <T> Optional<T> asked(Config config, Function<NodeControl, T> question) {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return Optional.of(question.apply(control));
    } catch (JobyardException e) {
      return Optional.empty(); // none runs here, or it is going; what is stored is shown
    }
  }
}
