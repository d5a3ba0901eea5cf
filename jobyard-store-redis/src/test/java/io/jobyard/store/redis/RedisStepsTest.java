package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Great numbers are gone through in steps that keep the server from others only shortly. */
final class RedisStepsTest {
  private static JobStore open(String url) {
    return RedisStore.open(RedisUrl.of(url), StoreOptions.defaults());
  }

  private static void push(JobStore store, String kind, int count) {
    for (int left = count; left > 0; left -= 1_000) {
      List<NewJob> jobs = new ArrayList<>();
      for (int i = 0; i < Math.min(left, 1_000); i++) {
        jobs.add(Node.job(kind));
      }
      store.push(jobs);
    }
  }

  @Test
  void aJobBehindManyOfOtherKindsIsFound() {
    try (JobStore store = open(RedisServers.single())) {
      push(store, "other", 3_500);
      UUID behind = store.push(List.of(Node.job("mine"))).getFirst();
      push(store, "other", 1_500);
      Node node = Node.at(store);
      assertThat(node.leaseIds(10, "mine")).containsExactly(behind);
      assertThat(node.leaseIds(10, "mine")).isEmpty();
      assertThat(node.leaseIds(10, "other")).hasSize(10);
    }
  }

  @Test
  @Tag("soak")
  void aJobBehindMoreThanOneRequestLooksThroughIsFoundByOneOfTheNext() {
    try (JobStore store = open(RedisServers.single())) {
      push(store, "other", 120_000);
      UUID behind = store.push(List.of(Node.job("mine"))).getFirst();
      Node node = Node.at(store);
      List<UUID> found = new ArrayList<>();
      for (int requests = 0; requests < 3; requests++) {
        found.addAll(node.leaseIds(10, "mine"));
      }
      assertThat(found).containsExactly(behind);
    }
  }

  /** The server itself says how long a step took at most. */
  @Test
  @Tag("soak")
  void aMillionJobsAreChangedInShortSteps() {
    int jobs = 1_000_000;
    try (RedisProcess server =
            RedisServers.startSingle("--appendonly", "no", "--slowlog-log-slower-than", "250000");
        JobStore store = open(RedisServers.url(server))) {
      push(store, "kind", jobs);
      assertThat(store.queues().getFirst().ready()).isEqualTo(jobs);
      store.list(JobFilter.of(Node.QUEUE), null, 100);
      List<UUID> some = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        some.add(UUID.randomUUID());
      }
      assertThat(store.cancel(some)).hasSize(2_000);
      Node node = Node.at(store);
      node.lease(10_000);
      store.leave(node.session());
      assertThat(store.orphans(java.time.Duration.ofDays(1), 20_000)).hasSize(10_000);
      assertThat(
              store.forget(
                  new JobFilter(java.util.Set.of(), Node.QUEUE, EnumSet.of(JobState.READY), null),
                  Integer.MAX_VALUE))
          .isEqualTo(jobs - 10_000);
      assertThat(server.command("SLOWLOG", "LEN")).isEqualTo("0");
    }
  }
}
