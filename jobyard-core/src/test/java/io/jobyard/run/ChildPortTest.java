package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.codec.JobCodec;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import io.jobyard.talk.Ears;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ChildPortTest {
  private final LeaseKey key = new LeaseKey(UUID.randomUUID(), 1, 3, 77);
  private final List<NewJob> pushed = new ArrayList<>();
  private final List<String> slot = new CopyOnWriteArrayList<>();
  private final Uplink uplink =
      new NoUplink() {
        @Override
        public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
          assertThat(parent).isEqualTo(key);
          pushed.addAll(jobs);
          return jobs.stream().map(NewJob::id).toList();
        }

        @Override
        public List<JobView> find(Collection<UUID> ids) {
          await().until(() -> slot.contains("lent"));
          return List.of();
        }
      };

  @Test
  void aChildCarriesItsParentAndWaitingForItLendsTheSlot() throws Exception {
    Standing standing =
        new Standing(key, "default", false, JobSettings.NONE, Counts.ZERO, Phase.RUN);
    Lease lease =
        new Lease(
            standing, "k", Payload.json(new byte[0]), 0, null, Instant.EPOCH, List.of(), null);
    JobRunner.Slot lent =
        new JobRunner.Slot() {
          @Override
          public void lend() {
            slot.add("lent");
          }

          @Override
          public void resume() {
            slot.add("back");
          }
        };
    try (Watcher watcher = new Watcher(uplink::find)) {
      var pusher =
          new JobPusher(
              new JobCodec(),
              new Ids(),
              new ChildPort(uplink, lease, lent),
              watcher,
              new Ears(uplink));
      var child = pusher.push("part", Map.of("n", 1));
      assertThat(pushed).hasSize(1);
      assertThat(pushed.getFirst().parentId()).isEqualTo(key.id());
      assertThat(child.await(Duration.ofSeconds(20))).isNull();
    }
    assertThat(slot).containsExactly("lent", "back");
  }
}
