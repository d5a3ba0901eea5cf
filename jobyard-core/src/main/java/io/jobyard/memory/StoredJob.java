package io.jobyard.memory;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One job and all that ever happens to it. Guarded by the lock of {@link Memory}; changed only
 * through its {@link Line}, which must know where it stands.
 */
final class StoredJob {
  static final Comparator<StoredJob> BY_AGE = Comparator.comparingLong(StoredJob::seq);
  static final Comparator<StoredJob> BY_TIME =
      Comparator.<StoredJob, Instant>comparing(job -> job.runAt).thenComparing(BY_AGE);

  private final NewJob job;
  private final long seq;
  private final Instant pushedAt;
  private final List<Failure> errors = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  private JobState state;
  private Instant runAt;
  private Counts counts = Counts.ZERO;
  private Phase phase = Phase.RUN;
  private long fence;
  private long token;
  private @Nullable Session holder;
  private boolean cancelRequested;
  private @Nullable Instant startedAt;
  private @Nullable Instant finishedAt;
  private byte @Nullable [] result;
  private @Nullable Instant keptUntil;

  StoredJob(NewJob job, long seq, Instant now) {
    this.job = job;
    this.seq = seq;
    this.pushedAt = now;
    this.runAt = due(job.due(), now);
    this.state = runAt.isAfter(now) ? JobState.SCHEDULED : JobState.READY;
  }

  /** One that another store held, as it was there. */
  StoredJob(JobView moved, long seq, Instant now) {
    this.job = moved.toNewJob();
    this.seq = seq;
    this.pushedAt = moved.pushedAt();
    this.runAt = moved.runAt();
    this.state = runAt.isAfter(now) ? JobState.SCHEDULED : JobState.READY;
    this.counts = moved.counts();
    this.phase = moved.phase();
    this.fence = moved.fence();
    this.startedAt = moved.startedAt();
    errors.addAll(moved.errors());
    log.addAll(moved.log());
  }

  private static Instant due(NewJob.Due due, Instant now) {
    return switch (due) {
      case NewJob.Due.In(var delay) -> now.plus(delay);
      case NewJob.Due.At(var instant) -> instant.isAfter(now) ? instant : now;
    };
  }

  NewJob job() {
    return job;
  }

  long seq() {
    return seq;
  }

  JobState state() {
    return state;
  }

  Instant runAt() {
    return runAt;
  }

  boolean cancelRequested() {
    return cancelRequested;
  }

  /** Whether it is leased under exactly this key. */
  boolean isHeldUnder(LeaseKey key) {
    return state == JobState.RUNNING && key.equals(key());
  }

  /** Who leases it; null unless RUNNING. */
  @Nullable Session holder() {
    return holder;
  }

  boolean isHeldBy(Session session) {
    return holder != null && holder.number() == session.number();
  }

  boolean isOverdue(Instant now) {
    return keptUntil != null && !keptUntil.isAfter(now);
  }

  // ---- transitions

  void becomeReady() {
    state = JobState.READY;
  }

  Lease lease(Session session, long newToken, Instant now) {
    state = JobState.RUNNING;
    fence++;
    token = newToken;
    holder = session;
    startedAt = now;
    List<Failure> history = phase == Phase.FAILING ? List.copyOf(errors) : List.of();
    return new Lease(
        standing(),
        job.kind(),
        job.payload(),
        job.priority(),
        job.slot(),
        runAt,
        history,
        job.meta());
  }

  void settle(Settlement settlement, Instant now) {
    counts = settlement.counts();
    phase = settlement.phase();
    for (Failure error : settlement.errors()) {
      if (errors.size() == Limits.MAX_ERRORS) {
        errors.remove(Limits.FIRST_ERRORS);
      }
      errors.add(error);
    }
    log.addAll(settlement.log());
    switch (settlement.move()) {
      case Settlement.Stay() -> {}
      case Settlement.Return(var delay) -> {
        if (cancelRequested) {
          end(JobState.CANCELLED, now);
        } else {
          wait(now.plus(delay), now);
        }
      }
      case Settlement.End(var end) -> end(end, now);
      case Settlement.Succeed(var value, var keep) -> {
        end(JobState.SUCCEEDED, now);
        result = value;
        keptUntil = now.plus(keep);
      }
    }
  }

  void requestCancel() {
    cancelRequested = true;
  }

  void end(JobState end, Instant now) {
    letGo();
    state = end;
    finishedAt = now;
  }

  void retry(Instant now) {
    counts = Counts.ZERO;
    phase = Phase.RUN;
    finishedAt = null;
    wait(now, now);
  }

  private void wait(Instant until, Instant now) {
    letGo();
    runAt = until;
    state = until.isAfter(now) ? JobState.SCHEDULED : JobState.READY;
  }

  /** The fence stays: it only ever grows. */
  private void letGo() {
    holder = null;
    cancelRequested = false;
  }

  // ---- what others see

  LeaseKey key() {
    return new LeaseKey(job.id(), seq, fence, token);
  }

  Standing standing() {
    return new Standing(key(), job.queue(), job.task(), job.settings(), counts, phase);
  }

  JobView view() {
    return new JobView(
        job.id(),
        seq,
        job.externalId(),
        job.queue(),
        job.kind(),
        state,
        job.payload(),
        job.priority(),
        job.slot(),
        job.task(),
        job.settings(),
        counts,
        phase,
        fence,
        pushedAt,
        runAt,
        startedAt,
        finishedAt,
        holder == null ? null : holder.node(),
        cancelRequested,
        List.copyOf(errors),
        List.copyOf(log),
        result,
        job.parentId(),
        job.meta());
  }
}
