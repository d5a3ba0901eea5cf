package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.StaleLease;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Pushes: inserted, committed, told to who listens, and on disk before they are acknowledged.
 *
 * <p>Threads that push at the same time share a transaction: who has the turn to write carries out
 * what all of them want, and they find it done when their turn comes. Safe for any thread.
 */
final class Producing {
  /** So many jobs share a transaction, and as many again as the last push brings. */
  private static final int AT_ONCE = 1_000;

  private static final String HOLDS =
      """
      select 1
        from jobyard_jobs
       where seq = ?
         and fence = ?
         and token = ?
         and id = ?
         and state = 2
         and session in (select number from jobyard_sessions)
      """;

  private final Writer writer;
  private final WalFlush flush;
  private final WakeBell bell;
  private final Queues queues;
  private final Inserts inserts;
  private final InstantSource clock;
  private final Queue<Push> line = new ConcurrentLinkedQueue<>();

  Producing(
      Writer writer,
      WalFlush flush,
      WakeBell bell,
      Queues queues,
      Inserts inserts,
      InstantSource clock) {
    this.writer = writer;
    this.flush = flush;
    this.bell = bell;
    this.queues = queues;
    this.inserts = inserts;
    this.clock = clock;
  }

  List<UUID> push(List<NewJob> jobs, @Nullable LeaseKey parent) {
    if (jobs.isEmpty() && parent == null) {
      return List.of();
    }
    Limits.check(jobs);
    jobs.forEach(job -> queues.number(job.queue()));
    try (WalFlush.Pass pass = flush.announce()) {
      Push own = new Push(jobs, parent, pass);
      line.add(own);
      try {
        writer.whileQuiet(() -> serve(own));
      } finally {
        line.remove(own);
      }
      List<UUID> ids = own.answer();
      pass.await();
      return ids;
    }
  }

  /** Carries out the pushes that wait until this one is done, if it is not already. */
  private void serve(Push own) {
    while (!own.done) {
      serveSome();
    }
  }

  private void serveSome() {
    List<Push> group = group();
    try {
      List<Integer> ports = writer.write(db -> carryOut(db, group));
      group.forEach(push -> push.pass.committed());
      // Waking now lets the nodes begin while the disk still works.
      bell.ring(ports, wakes(group));
    } catch (RuntimeException e) {
      group.forEach(push -> push.problem = e);
    } finally {
      group.forEach(push -> push.done = true);
    }
  }

  private List<Push> group() {
    List<Push> group = new ArrayList<>();
    int jobs = 0;
    while (jobs < AT_ONCE) {
      Push push = line.poll();
      if (push == null) {
        break;
      }
      group.add(push);
      jobs += push.jobs.size();
    }
    return group;
  }

  private List<Integer> carryOut(Db db, List<Push> group) throws SQLException {
    for (Push push : group) {
      if (push.parent == null || holds(db, push.parent)) {
        push.ids = inserts.insert(db, push.jobs, clock.millis());
      }
    }
    return bell.ports(db);
  }

  private static Set<Wake> wakes(List<Push> group) {
    Set<Wake> wakes = new LinkedHashSet<>();
    for (Push push : group) {
      if (push.ids != null) {
        push.jobs.forEach(job -> wakes.add(new Wake.Ready(job.queue())));
      }
    }
    return wakes;
  }

  private static boolean holds(Db db, LeaseKey key) throws SQLException {
    byte[] id = Codes.bytes(key.id());
    return db.first(HOLDS, row -> true, key.seq(), key.fence(), key.token(), id) != null;
  }

  /** One call of push; all but the first three is guarded by the writer's turn. */
  private static final class Push {
    final List<NewJob> jobs;
    final @Nullable LeaseKey parent;
    final WalFlush.Pass pass;
    @Nullable List<UUID> ids;
    @Nullable RuntimeException problem;
    boolean done;

    Push(List<NewJob> jobs, @Nullable LeaseKey parent, WalFlush.Pass pass) {
      this.jobs = jobs;
      this.parent = parent;
      this.pass = pass;
    }

    List<UUID> answer() {
      if (problem != null) {
        String why = String.valueOf(problem.getMessage());
        throw problem instanceof StoreUnavailable
            ? new StoreUnavailable(why, problem)
            : new JobyardException(why, problem);
      }
      if (ids == null && parent != null) {
        throw new StaleLease(
            "job "
                + parent.id()
                + " has lost its lease (fence "
                + parent.fence()
                + "); nothing was pushed");
      }
      return Objects.requireNonNull(ids);
    }
  }
}
