package io.jobyard.shell;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes that a program became, re-parented ones included. For one thread, except that it
 * may be looked at by others.
 */
final class ProcessTree {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
  private static final long LOOK_MS = 10;

  private final Process root;
  private final Census census;

  ProcessTree(Process root, Census census) {
    this.root = root;
    this.census = census;
  }

  /** Asks them to end and, after the grace, kills what is left, until nothing is. */
  void end(Duration grace, Duration patience) {
    if (!grace.isZero()) {
      census.members(root).forEach(ProcessHandle::destroy);
      awaitNone(grace);
    }
    kill(patience);
  }

  /** Kills them, and those they start meanwhile. */
  void kill(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    List<ProcessHandle> left = census.members(root);
    while (!left.isEmpty()) {
      // A group dies in one stroke, in which none of it can fork: this ends a fork bomb.
      signalGroups(census.groups());
      left.forEach(ProcessHandle::destroyForcibly);
      left = census.members(root);
      if (System.nanoTime() - end > 0) {
        LOG.warn(
            "{} processes of program {} could not be ended within {}: {}",
            left.size(),
            root.pid(),
            patience,
            left.stream().limit(10).map(ProcessHandle::pid).toList());
        return;
      }
    }
  }

  /** The time that its processes used the processors, as far as they still are. */
  Duration cpu() {
    return census.members(root).stream()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private void awaitNone(Duration grace) {
    long end = System.nanoTime() + grace.toNanos();
    boolean interrupted = false;
    while (!census.members(root).isEmpty() && System.nanoTime() - end < 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        interrupted = true; // it was interrupted before, or this would not run
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void signalGroups(List<Long> groups) {
    if (groups.isEmpty()) {
      return;
    }
    StringBuilder script = new StringBuilder();
    groups.forEach(group -> script.append("kill -KILL -").append(group).append("; "));
    try {
      new ProcessBuilder("/bin/sh", "-c", script + "true")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(1, TimeUnit.SECONDS);
    } catch (IOException e) {
      LOG.debug(
          "no shell to signal groups with, each process is killed by itself: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
