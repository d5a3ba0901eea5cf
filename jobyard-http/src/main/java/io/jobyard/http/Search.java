package io.jobyard.http;

import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists jobs page by page, newest first. What only a look at each job can tell is looked for in
 * bounded steps: a page may come back with few jobs or none and still name a next one, so that no
 * search keeps the store busy for long. Safe for use by many threads.
 */
public final class Search {
  private static final int MOST_LOOKED_AT = 20_000;
  private static final Duration LONGEST = Duration.ofMillis(120);
  private static final int FIRST_STEP = 20;
  private static final int LARGEST_STEP = 1_000;

  /** Jobs in hand may be large: about so many bytes are fetched at once. */
  private static final long STEP_BYTES = 4L << 20;

  private final JobStore store;

  Search(JobStore store) {
    this.store = store;
  }

  /**
   * A page.
   *
   * @param next asks for the page after; null on the last one
   * @param lookedAt how many jobs were looked at to find these
   */
  public record Page(List<JobView> jobs, @Nullable String next, int lookedAt) {}

  /** At most so many jobs from a cursor on. */
  public Page page(Wanted wanted, @Nullable String cursor, int limit) {
    List<JobView> found = new ArrayList<>();
    Walk walk = new Walk(wanted, cursor);
    long began = System.nanoTime();
    long bytes = 0;
    do {
      // Never more than there is room for: a cursor stands only between the store's own pages.
      for (JobView job : walk.step(limit - found.size())) {
        found.add(job);
        bytes += size(job);
      }
    } while (walk.goesOn()
        && found.size() * 2 < limit
        && bytes < STEP_BYTES * 4
        && walk.lookedAt < MOST_LOOKED_AT
        && System.nanoTime() - began < LONGEST.toNanos());
    return new Page(found, walk.next, walk.lookedAt);
  }

  /**
   * Goes through all that are meant, up to a number.
   *
   * @return whether there are more
   */
  boolean each(Wanted wanted, int most, Consumer<JobView> use) {
    Walk walk = new Walk(wanted, null);
    int met = 0;
    do {
      for (JobView job : walk.step(LARGEST_STEP)) {
        if (met == most) {
          return true;
        }
        use.accept(job);
        met++;
      }
    } while (walk.goesOn());
    return false;
  }

  private static long size(JobView job) {
    byte[] result = job.result();
    return job.payload().bytes().length + (result == null ? 0 : result.length) + 500L;
  }

  /** From page to page of the store, in steps that fit the jobs' size. For one thread. */
  private final class Walk {
    private final Wanted wanted;
    private @Nullable String next;
    private boolean begun;
    private int lookedAt;
    private long averageSize = STEP_BYTES / FIRST_STEP;

    Walk(Wanted wanted, @Nullable String cursor) {
      this.wanted = wanted;
      this.next = cursor;
    }

    boolean goesOn() {
      return !begun || next != null;
    }

    List<JobView> step(int most) {
      long fitting = Math.max(1, STEP_BYTES / averageSize);
      int limit = (int) Math.max(1, Math.min(Math.min(most, LARGEST_STEP), fitting));
      JobPage page = list(limit);
      begun = true;
      next = page.next();
      lookedAt += page.jobs().size();
      if (!page.jobs().isEmpty()) {
        long sum = page.jobs().stream().mapToLong(Search::size).sum();
        averageSize = Math.max(1, sum / page.jobs().size());
      }
      return wanted.simple() ? page.jobs() : page.jobs().stream().filter(wanted::fits).toList();
    }

    private JobPage list(int limit) {
      try {
        return store.list(wanted.filter(), next, limit);
      } catch (IllegalArgumentException e) {
        throw Problem.field(
            "next", "is not what a page gave: " + PushReader.shown(String.valueOf(e.getMessage())));
      }
    }
  }
}
