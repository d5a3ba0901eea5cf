package io.jobyard.http;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are asked for: what the store can tell apart, and what only a look at each job can.
 *
 * @param text must occur in the id, external id, kind, payload or last error, whatever its case;
 *     null for any
 */
public record Wanted(
    JobFilter filter,
    @Nullable Instant pushedAfter,
    @Nullable Instant pushedBefore,
    @Nullable Instant finishedAfter,
    @Nullable Instant finishedBefore,
    @Nullable String text) {

  /** Whether the store alone can tell. */
  boolean simple() {
    return pushedAfter == null
        && pushedBefore == null
        && finishedAfter == null
        && finishedBefore == null
        && text == null;
  }

  /** Whether nothing at all is said of the jobs. */
  boolean everything() {
    return simple()
        && filter.ids().isEmpty()
        && filter.queue() == null
        && filter.states().isEmpty()
        && filter.kind() == null;
  }

  /** The same among these states only; null where none is left. */
  @Nullable Wanted among(Set<JobState> states) {
    Set<JobState> left = new HashSet<>(states);
    if (!filter.states().isEmpty()) {
      left.retainAll(filter.states());
    }
    if (left.isEmpty()) {
      return null;
    }
    JobFilter narrowed = new JobFilter(filter.ids(), filter.queue(), left, filter.kind());
    return new Wanted(narrowed, pushedAfter, pushedBefore, finishedAfter, finishedBefore, text);
  }

  /** Whether a job that the store's filter let through is meant. */
  public boolean fits(JobView job) {
    return within(job.pushedAt(), pushedAfter, pushedBefore)
        && within(job.finishedAt(), finishedAfter, finishedBefore)
        && holds(job);
  }

  private static boolean within(
      @Nullable Instant moment, @Nullable Instant after, @Nullable Instant before) {
    if (after == null && before == null) {
      return true;
    }
    return moment != null
        && (after == null || !moment.isBefore(after))
        && (before == null || moment.isBefore(before));
  }

  private boolean holds(JobView job) {
    if (text == null) {
      return true;
    }
    String sought = text.toLowerCase(Locale.ROOT);
    return contains(job.id().toString(), sought)
        || contains(job.externalId(), sought)
        || contains(job.kind(), sought)
        || contains(new String(job.payload().bytes(), StandardCharsets.UTF_8), sought)
        || (!job.errors().isEmpty() && contains(job.errors().getLast(), sought));
  }

  private static boolean contains(Failure error, String sought) {
    return contains(error.message(), sought) || contains(error.className(), sought);
  }

  private static boolean contains(@Nullable String text, String sought) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(sought);
  }
}
