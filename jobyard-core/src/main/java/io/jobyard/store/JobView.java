package io.jobyard.store;

import io.jobyard.Failure;
import io.jobyard.JobState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that is stored of a job.
 *
 * @param slot the worker slot it is pinned to; null for any
 * @param task whether a value is expected
 * @param runAt since when it could run, or when it may; never before {@code pushedAt}
 * @param startedAt when it was last leased; null before the first time
 * @param finishedAt null until it ended
 * @param node who holds its lease; null unless RUNNING
 * @param cancelRequested whether a running one was asked to cancel
 * @param result the value's JSON; null where there is none
 */
@SuppressWarnings("ArrayRecordComponent")
public record JobView(
    UUID id,
    long seq,
    @Nullable String externalId,
    String queue,
    String kind,
    JobState state,
    Payload payload,
    int priority,
    @Nullable Integer slot,
    boolean task,
    JobSettings settings,
    Counts counts,
    Phase phase,
    long fence,
    Instant pushedAt,
    Instant runAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String node,
    boolean cancelRequested,
    List<Failure> errors,
    List<String> log,
    byte @Nullable [] result,
    @Nullable UUID parentId,
    @Nullable String meta) {

  /** What a push of it would be; without what its runs came to. */
  public NewJob toNewJob() {
    return new NewJob(
        id,
        externalId,
        queue,
        kind,
        payload,
        new NewJob.Due.At(runAt),
        priority,
        slot,
        task,
        settings,
        null,
        null,
        parentId,
        meta);
  }
}
