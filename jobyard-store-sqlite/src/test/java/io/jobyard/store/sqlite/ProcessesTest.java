package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.Session;
import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file. */
final class ProcessesTest {
  private static final int EACH = 150;

  @TempDir Path folder;

  @Test
  void theyOpenPushAndTakeAtOnceAndWakeEachOther() throws Exception {
    String file = folder.resolve("jobyard.db").toString();
    try (OtherProcess one = OtherProcess.start("push", file, "" + EACH);
        OtherProcess two = OtherProcess.start("push", file, "" + EACH);
        JobStore store = open(Duration.ofSeconds(5))) {
      Semaphore woken = new Semaphore(0);
      store.listen(queue -> woken.release());
      Session session = Jobs.join(store);
      Set<UUID> taken = new HashSet<>();
      while (taken.size() < 2 * EACH) {
        List<Lease> leases = Jobs.lease(store, session, 20);
        leases.forEach(lease -> assertThat(taken.add(lease.key().id())).isTrue());
        assertThat(
                store.settle(
                    leases.stream().map(lease -> Jobs.settlement(lease, Jobs.DONE)).toList()))
            .isEmpty();
        if (leases.isEmpty()) {
          assertThat(woken.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
      }
      assertThat(one.line()).isEqualTo("pushed");
      assertThat(two.line()).isEqualTo("pushed");
      assertThat(store.queues().getFirst().succeeded()).isEqualTo(2 * EACH);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aProcessThatBlocksTheFileIsNamed() throws Exception {
    try (JobStore store = open(Duration.ofMillis(200))) {
      store.push(List.of(Jobs.job()));
      try (OtherProcess other =
          OtherProcess.start("hold", folder.resolve("jobyard.db").toString())) {
        assertThat(other.line()).isEqualTo("held");
        assertThatThrownBy(() -> store.push(List.of(Jobs.job())))
            .isInstanceOf(StoreUnavailable.class)
            .hasMessageContaining("jobyard.db")
            .hasMessageContaining("process " + other.pid() + ",");
        assertThat(store.queues().getFirst().ready()).isEqualTo(1);
      }
      store.push(List.of(Jobs.job()));
    }
  }

  private JobStore open(Duration patience) {
    return new SqliteStoreProvider()
        .open("sqlite:jobyard.db", new StoreOptions(folder, true, patience));
  }
}
