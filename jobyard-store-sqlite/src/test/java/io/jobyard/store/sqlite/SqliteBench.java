package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Payload;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Move;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast the store alone is; {@code -Dtests.excluded= -Dtests.included=bench}. */
@Tag("bench")
final class SqliteBench {
  private static final int JOBS = 60_000;

  @TempDir Path folder;

  @Test
  void measure() {
    try (JobStore store = open()) {
      Session session = store.join(new NodeInfo("bench", 1, Set.of("q")));
      for (int batch : new int[] {1_000, 1_000, 1_000}) {
        System.out.printf("insert by %d: %,d/s%n", batch, insert(store, JOBS, batch, Due.NOW));
        for (int by : new int[] {200}) {
          System.out.printf("lease+settle by %d: %,d/s%n", by, drain(store, session, by));
        }
      }
      for (int by : new int[] {50, 100, 500}) {
        insert(store, JOBS, 1_000, Due.NOW);
        System.out.printf("lease+settle by %d: %,d/s%n", by, drain(store, session, by));
      }
      for (int threads : new int[] {1, 8, 1, 8, 1, 8, 32}) {
        System.out.printf("push from %d threads: %,d/s%n", threads, push(store, threads));
      }
      drain(store, session, 200);
    }
  }

  @Test
  void crowded() {
    try (JobStore store = open()) {
      Session session = store.join(new NodeInfo("bench", 1, Set.of("q")));
      insert(store, 100_000, 1_000, Due.NOW);
      settleAll(store, session, 500, new End(io.jobyard.JobState.FAILED));
      for (int round = 0; round < 3; round++) {
        insert(store, JOBS, 1_000, Due.NOW);
        System.out.printf("without: %,d/s%n", drain(store, session, 200));
      }
      System.out.printf(
          "scheduled: %,d/s%n", insert(store, 1_000_000, 1_000, new Due.In(Duration.ofDays(1))));
      for (int round = 0; round < 4; round++) {
        insert(store, JOBS, 1_000, Due.NOW);
        System.out.printf("with a million scheduled: %,d/s%n", drain(store, session, 200));
      }
      long start = System.nanoTime();
      System.out.println(store.queues());
      System.out.printf("queues: %d ms%n", (System.nanoTime() - start) / 1_000_000);
      System.out.printf("-wal: %,d MiB%n", folder.resolve("b.db-wal").toFile().length() >> 20);
    }
  }

  private JobStore open() {
    return new SqliteStoreProvider()
        .open("sqlite:b.db", new StoreOptions(folder, true, Duration.ofSeconds(5)));
  }

  private static long insert(JobStore store, int count, int batch, Due due) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i += batch) {
      List<NewJob> jobs = new ArrayList<>(batch);
      for (int j = 0; j < batch; j++) {
        jobs.add(job(due));
      }
      store.push(jobs);
    }
    return perSecond(count, start);
  }

  private static long drain(JobStore store, Session session, int by) {
    long start = System.nanoTime();
    int done = settleAll(store, session, by, new Succeed(null, Duration.ZERO));
    return perSecond(done, start);
  }

  private static int settleAll(JobStore store, Session session, int by, Move move) {
    int done = 0;
    while (true) {
      List<Lease> leases =
          store.lease(new LeaseRequest(session, "q", by, 8 << 20, Set.of())).leases();
      if (leases.isEmpty()) {
        return done;
      }
      List<Settlement> settlements = leases.stream().map(lease -> settlement(lease, move)).toList();
      assertThat(store.settle(settlements)).isEmpty();
      done += leases.size();
    }
  }

  private static Settlement settlement(Lease lease, Move move) {
    return new Settlement(
        lease.key(),
        "q",
        move,
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }

  private static long push(JobStore store, int threads) {
    int each = 4_000 / threads + 200;
    long start = System.nanoTime();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int j = 0; j < each; j++) {
                  store.push(List.of(job(Due.NOW)));
                }
              }));
    }
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return perSecond(each * threads, start);
  }

  private static NewJob job(Due due) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (System.currentTimeMillis() << 16) | 0x7000 | random.nextInt(0x1000);
    return new NewJob(
        new UUID(high, random.nextLong()),
        null,
        "q",
        "com.acme.jobs.SendWelcome",
        Payload.json(new byte[100]),
        due,
        0,
        null,
        false,
        JobSettings.NONE,
        null,
        null,
        null,
        null);
  }

  private static long perSecond(int count, long start) {
    return count * 1_000_000_000L / (System.nanoTime() - start);
  }
}
