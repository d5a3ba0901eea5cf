package io.jobyard.cli.move;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Carries the waiting jobs of queues from one store to another, oldest first, a page at a time: the
 * target takes the page over, the source forgets it. The source's queues are paused meanwhile, so
 * that no job runs at both; after a death in the middle they stay so until it is done again.
 *
 * <p>For one thread, but for {@link #stop}.
 */
public final class Mover {
  private static final int NAMED = 1_000;

  /** A node that asked for jobs right before its queue was paused has its answer by then. */
  private static final Duration LAST_LEASES = Duration.ofSeconds(1);

  private final JobStore from;
  private final JobStore to;
  private final IntConsumer progress;
  private final Receipts receipts;
  private volatile boolean stopped;

  /**
   * Does nothing yet.
   *
   * @param progress told of each page how many jobs were in it
   */
  public Mover(JobStore from, JobStore to, IntConsumer progress) {
    this.from = from;
    this.to = to;
    this.progress = progress;
    this.receipts = new Receipts(from, to);
  }

  /** Ends the move after the page that is on its way. */
  public void stop() {
    stopped = true;
  }

  /**
   * Moves what waits in these queues.
   *
   * @param queues of the source, as they were counted there
   * @param failedToo whether FAILED jobs are made READY first
   * @throws JobyardException if both stores are the same, or a job's external id is taken at the
   *     target; what was moved before stays moved
   */
  public List<Moved> move(List<QueueStatus> queues, boolean failedToo) {
    if (queues.isEmpty()) {
      return List.of();
    }
    if (receipts.sameStore(queues.getFirst().queue())) {
      throw new JobyardException(
          "--from and --to are the same store, by whatever names; nothing was moved");
    }
    List<QueueStatus> paused = new ArrayList<>();
    try {
      for (QueueStatus queue : queues) {
        if (!queue.paused()) {
          paused.add(queue);
          from.pause(queue.queue(), true);
        }
      }
      if (paused.stream().anyMatch(queue -> queue.consumers() > 0)) {
        await(LAST_LEASES);
      }
      if (failedToo) {
        queues.forEach(this::retryFailed);
      }
      return queues.stream().map(this::move).toList();
    } finally {
      paused.forEach(queue -> from.pause(queue.queue(), false));
    }
  }

  private void retryFailed(QueueStatus queue) {
    JobFilter failed = JobFilter.of(queue.queue(), JobState.FAILED);
    int retried;
    do {
      retried = from.retry(failed, NAMED);
    } while (retried == NAMED);
  }

  private static void await(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private Moved move(QueueStatus queue) {
    String name = queue.queue();
    long resumed = receipts.settle(name);
    long moved = resumed;
    WaitingIds ids = WaitingIds.of(from, name);
    // Until none is left: what ran comes back to wait, and somebody may still push.
    while (ids.count() > 0 && !stopped) {
      long before = moved;
      while (ids.count() > 0 && !stopped) {
        List<UUID> page = ids.next();
        moved += carry(name, page);
        progress.accept(page.size());
      }
      if (moved == before) {
        break; // they went elsewhere meanwhile
      }
      ids = stopped ? ids : WaitingIds.of(from, name);
    }
    QueueStatus left = status(name);
    return new Moved(
        name,
        moved,
        resumed,
        running(from, name),
        left.failed(),
        left.cancelled(),
        queue.paused(),
        !stopped);
  }

  /** Brings one page; how many jobs of it. */
  private int carry(String queue, List<UUID> page) {
    Map<UUID, JobView> found =
        from.find(page).stream()
            .filter(Receipts::waits)
            .collect(Collectors.toMap(JobView::id, Function.identity()));
    List<JobView> jobs = new ArrayList<>();
    for (UUID id : page) {
      JobView job = found.get(id);
      if (job != null) {
        jobs.add(job);
      }
    }
    if (jobs.isEmpty()) {
      return 0;
    }
    JobView receipt = receipts.of(queue, jobs.stream().map(JobView::id).toList());
    List<JobView> all = new ArrayList<>(jobs);
    all.add(receipt);
    to.adopt(all);
    int forgotten = from.forget(JobFilter.ids(found.keySet()), found.size());
    if (forgotten < found.size()) {
      withdraw(found.keySet());
    }
    receipts.remove(receipt);
    return forgotten;
  }

  /**
   * A lease that was on its way when its queue was paused goes first: the job stays where it is.
   */
  private void withdraw(Set<UUID> page) {
    Set<UUID> stay =
        from.find(page).stream().map(JobView::id).collect(Collectors.toCollection(HashSet::new));
    if (!stay.isEmpty()) {
      int withdrawn = to.forget(JobFilter.ids(stay), stay.size());
      if (withdrawn < stay.size()) {
        throw new JobyardException(
            "jobs "
                + stay
                + " began to run at the source while they were moved, and at the target too;"
                + " look at them with 'jobyard job show', then move again");
      }
    }
  }

  /** The jobs of a queue that run, a thousand at most. */
  public static List<UUID> running(JobStore store, String queue) {
    JobPage page = store.list(JobFilter.of(queue, JobState.RUNNING), null, NAMED);
    return page.jobs().stream().map(JobView::id).toList();
  }

  private QueueStatus status(String queue) {
    return from.queues().stream()
        .filter(status -> status.queue().equals(queue))
        .findFirst()
        .orElseThrow();
  }
}
