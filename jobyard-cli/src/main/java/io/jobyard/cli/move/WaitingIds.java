package io.jobyard.cli.move;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The ids of the jobs that wait in a queue, to be walked through from the oldest on: stores list
 * the newest first. Only ids and sizes are kept, 20 bytes a job. For one thread.
 */
final class WaitingIds {
  private static final int MOST_JOBS = 1_000;
  private static final long MOST_BYTES = 8L * 1024 * 1024;
  private static final int FIRST_PAGE = 20;

  private long[] bits = new long[2_048];
  private int[] bytes = new int[1_024];
  private int count;

  private WaitingIds() {}

  /** All that wait in the queue now, but the receipts of moves. */
  static WaitingIds of(JobStore store, String queue) {
    WaitingIds ids = new WaitingIds();
    JobFilter waiting = JobFilter.of(queue, JobState.READY, JobState.SCHEDULED);
    int limit = FIRST_PAGE;
    String cursor = null;
    do {
      JobPage page = store.list(waiting, cursor, limit);
      long size = 1;
      for (JobView job : page.jobs()) {
        size += job.payload().bytes().length;
        if (!Receipts.is(job)) {
          ids.add(job);
        }
      }
      // Pages come with their payloads: as many jobs as fit into the bytes, as the last page was.
      limit = Math.clamp(page.jobs().size() * MOST_BYTES / size, 1, MOST_JOBS);
      cursor = page.next();
    } while (cursor != null);
    return ids;
  }

  int count() {
    return count;
  }

  /** The oldest of them, as many as should go at once; they are taken off. */
  List<UUID> next() {
    List<UUID> ids = new ArrayList<>();
    long size = 0;
    while (count > 0 && ids.size() < MOST_JOBS) {
      size += bytes[count - 1];
      if (size > MOST_BYTES && !ids.isEmpty()) {
        break;
      }
      count--;
      ids.add(new UUID(bits[2 * count], bits[2 * count + 1]));
    }
    return ids;
  }

  private void add(JobView job) {
    if (count == bytes.length) {
      bits = Arrays.copyOf(bits, 4 * count);
      bytes = Arrays.copyOf(bytes, 2 * count);
    }
    bits[2 * count] = job.id().getMostSignificantBits();
    bits[2 * count + 1] = job.id().getLeastSignificantBits();
    bytes[count] = job.payload().bytes().length;
    count++;
  }
}
