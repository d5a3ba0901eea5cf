package io.jobyard.node;

import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers whose jobs spin on every thread must not outlive their manager, dead or frozen. */
final class ManagerDeathTest {
  @TempDir private Path dir;

  @Test
  void workersEndWithAKilledManager() throws Exception {
    try (var manager = new ManagerProcess(dir, Duration.ofSeconds(15))) {
      ProcessHandle worker = manager.worker();

      manager.signal("KILL");

      waiting("the worker's end").atMost(Duration.ofSeconds(2)).until(() -> ended(worker));
    }
  }

  @Test
  void workersEndBeforeAFrozenManagersLeasesDo() throws Exception {
    Duration lease = Duration.ofSeconds(3);
    try (var manager = new ManagerProcess(dir, lease)) {
      ProcessHandle worker = manager.worker();

      manager.signal("STOP");

      // The last renewal was before the freeze, so the leases end within one lease from here.
      waiting("the worker's end").atMost(lease).until(() -> ended(worker));
      manager.signal("CONT");
    }
  }

  @Test
  void aTermIsAGracefulStop() throws Exception {
    try (var manager = new ManagerProcess(dir, Duration.ofSeconds(15))) {
      ProcessHandle worker = manager.worker();

      manager.signal("TERM");
      manager.signal("INT");

      assertThat(manager.awaitExit()).isZero();
      assertThat(ended(worker)).isTrue();
    }
  }

  /** A frozen parent cannot bury its children: what is left of them has no command any more. */
  private static boolean ended(ProcessHandle process) {
    return !process.isAlive() || process.info().command().isEmpty();
  }
}
