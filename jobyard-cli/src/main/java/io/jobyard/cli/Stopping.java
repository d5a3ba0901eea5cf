package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Stops the node that runs in a configuration's run directory. */
final class Stopping {
  /** What a node needs beyond its stop-timeout to settle and to end its workers. */
  private static final Duration TAIL = Duration.ofSeconds(20);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  private Stopping() {}

  /**
   * Asks the node to stop and waits until its process has ended.
   *
   * @return the pid it had
   */
  static long stop(Config config) throws InterruptedException {
    @Nullable ProcessHandle process;
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      long pid = control.pid();
      process = ProcessHandle.of(pid).orElse(null);
      if (process == null) {
        return pid; // it ended this very moment
      }
      ask(control, process);
    }
    await(process, config.stopTimeout().plus(TAIL));
    return process.pid();
  }

  /** An idle node may be gone before its answer is read; that is no failure. */
  private static void ask(NodeControl control, ProcessHandle process) throws InterruptedException {
    try {
      control.stop();
    } catch (JobyardException e) {
      if (!ended(process, ANSWER)) {
        throw e;
      }
    }
  }

  private static void await(ProcessHandle process, Duration limit) throws InterruptedException {
    if (!ended(process, limit)) {
      throw new JobyardException(
          "the node has not ended within %d s; to end it by force: kill -9 %d"
              .formatted(limit.toSeconds(), process.pid()));
    }
  }

  private static boolean ended(ProcessHandle process, Duration limit) throws InterruptedException {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for pid " + process.pid(), e);
    }
  }
}
