package io.jobyard.node.frame;

import io.jobyard.Backoff;
import io.jobyard.JobState;
import io.jobyard.run.Assignment;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.List;

/** How jobs, in all their shapes, are written and read: each pair of methods mirrors the other. */
@SuppressWarnings("EnumOrdinal") // the frame version stands for the order of the constants
final class JobWire {
  private static final Phase[] PHASES = Phase.values();
  private static final JobState[] STATES = JobState.values();

  private JobWire() {}

  static void assignment(Writing out, Assignment run) {
    out.i32(run.ticket());
    lease(out, run.lease());
    out.duration(run.timeout());
    out.flag(run.lastAttempt());
  }

  static Assignment assignment(Reading in) throws BadFrame {
    return new Assignment(in.i32(), lease(in), in.duration(), in.flag());
  }

  static void lease(Writing out, Lease lease) {
    standing(out, lease.standing());
    out.string(lease.kind());
    payload(out, lease.payload());
    out.i32(lease.priority());
    out.i32OrNull(lease.slot());
    out.instant(lease.readyAt());
    out.list(lease.errors(), OutcomeWire::failure);
    out.stringOrNull(lease.meta());
  }

  static Lease lease(Reading in) throws BadFrame {
    return new Lease(
        standing(in),
        in.string(),
        payload(in),
        in.i32(),
        in.i32OrNull(),
        in.instant(),
        in.list(OutcomeWire::failure),
        in.stringOrNull());
  }

  private static void standing(Writing out, Standing job) {
    key(out, job.key());
    out.string(job.queue());
    out.flag(job.task());
    settings(out, job.settings());
    counts(out, job.counts());
    out.u8(job.phase().ordinal());
  }

  private static Standing standing(Reading in) throws BadFrame {
    return new Standing(
        key(in), in.string(), in.flag(), settings(in), counts(in), in.oneOf(PHASES));
  }

  static void key(Writing out, LeaseKey key) {
    out.uuid(key.id());
    out.i64(key.seq());
    out.i64(key.fence());
    out.i64(key.token());
  }

  static LeaseKey key(Reading in) throws BadFrame {
    return new LeaseKey(in.uuid(), in.i64(), in.i64(), in.i64());
  }

  static void newJob(Writing out, NewJob job) {
    out.uuid(job.id());
    out.stringOrNull(job.externalId());
    out.string(job.queue());
    out.string(job.kind());
    payload(out, job.payload());
    due(out, job.due());
    out.i32(job.priority());
    out.i32OrNull(job.slot());
    out.flag(job.task());
    settings(out, job.settings());
    out.stringOrNull(job.uniqueKey());
    out.stringOrNull(job.partitionKey());
    out.uuidOrNull(job.parentId());
    out.stringOrNull(job.meta());
  }

  static NewJob newJob(Reading in) throws BadFrame {
    return new NewJob(
        in.uuid(),
        in.stringOrNull(),
        in.string(),
        in.string(),
        payload(in),
        due(in),
        in.i32(),
        in.i32OrNull(),
        in.flag(),
        settings(in),
        in.stringOrNull(),
        in.stringOrNull(),
        in.uuidOrNull(),
        in.stringOrNull());
  }

  private static void due(Writing out, NewJob.Due due) {
    switch (due) {
      case NewJob.Due.In(Duration delay) -> {
        out.u8(0);
        out.duration(delay);
      }
      case NewJob.Due.At(var instant) -> {
        out.u8(1);
        out.instant(instant);
      }
    }
  }

  private static NewJob.Due due(Reading in) throws BadFrame {
    return in.flag() ? new NewJob.Due.At(in.instant()) : new NewJob.Due.In(in.duration());
  }

  static void view(Writing out, JobView job) {
    out.uuid(job.id());
    out.i64(job.seq());
    out.stringOrNull(job.externalId());
    out.string(job.queue());
    out.string(job.kind());
    out.u8(job.state().ordinal());
    payload(out, job.payload());
    out.i32(job.priority());
    out.i32OrNull(job.slot());
    out.flag(job.task());
    settings(out, job.settings());
    counts(out, job.counts());
    out.u8(job.phase().ordinal());
    out.i64(job.fence());
    out.instant(job.pushedAt());
    out.instant(job.runAt());
    out.instantOrNull(job.startedAt());
    out.instantOrNull(job.finishedAt());
    out.stringOrNull(job.node());
    out.flag(job.cancelRequested());
    out.list(job.errors(), OutcomeWire::failure);
    out.list(job.log(), Writing::string);
    out.bytesOrNull(job.result());
    out.uuidOrNull(job.parentId());
    out.stringOrNull(job.meta());
  }

  static JobView view(Reading in) throws BadFrame {
    return new JobView(
        in.uuid(),
        in.i64(),
        in.stringOrNull(),
        in.string(),
        in.string(),
        in.oneOf(STATES),
        payload(in),
        in.i32(),
        in.i32OrNull(),
        in.flag(),
        settings(in),
        counts(in),
        in.oneOf(PHASES),
        in.i64(),
        in.instant(),
        in.instant(),
        in.instantOrNull(),
        in.instantOrNull(),
        in.stringOrNull(),
        in.flag(),
        in.list(OutcomeWire::failure),
        in.list(Reading::string),
        in.bytesOrNull(),
        in.uuidOrNull(),
        in.stringOrNull());
  }

  private static void payload(Writing out, Payload payload) {
    out.bytes(payload.bytes());
    out.string(payload.codec());
    out.i32(payload.version());
  }

  private static Payload payload(Reading in) throws BadFrame {
    return new Payload(in.bytes(), in.string(), in.i32());
  }

  private static void counts(Writing out, Counts counts) {
    out.i32(counts.failed());
    out.i32(counts.crashed());
    out.i32(counts.lost());
    out.i32(counts.handlerCrashes());
  }

  private static Counts counts(Reading in) throws BadFrame {
    return new Counts(in.i32(), in.i32(), in.i32(), in.i32());
  }

  private static void settings(Writing out, JobSettings settings) {
    Integer retries = settings.retries();
    Backoff backoff = settings.backoff();
    Duration timeout = settings.timeout();
    Boolean retryTimeouts = settings.retryTimeouts();
    out.u8(
        (retries != null ? 1 : 0)
            | (backoff != null ? 2 : 0)
            | (timeout != null ? 4 : 0)
            | (retryTimeouts != null ? 8 : 0));
    if (retries != null) {
      out.i32(retries);
    }
    if (backoff != null) {
      backoff(out, backoff);
    }
    if (timeout != null) {
      out.duration(timeout);
    }
    if (retryTimeouts != null) {
      out.flag(retryTimeouts);
    }
  }

  private static JobSettings settings(Reading in) throws BadFrame {
    int present = in.u8();
    return present == 0
        ? JobSettings.NONE
        : new JobSettings(
            (present & 1) != 0 ? Integer.valueOf(in.i32()) : null,
            (present & 2) != 0 ? backoff(in) : null,
            (present & 4) != 0 ? in.duration() : null,
            (present & 8) != 0 ? Boolean.valueOf(in.flag()) : null);
  }

  static void backoff(Writing out, Backoff backoff) {
    switch (backoff) {
      case Backoff.Steps(var delays) -> {
        out.u8(0);
        out.list(delays, Writing::duration);
      }
      case Backoff.Doubling(Duration from, Duration to) -> {
        out.u8(1);
        out.duration(from);
        out.duration(to);
      }
    }
  }

  static Backoff backoff(Reading in) throws BadFrame {
    try {
      if (in.flag()) {
        return new Backoff.Doubling(in.duration(), in.duration());
      }
      List<Duration> delays = in.list(Reading::duration);
      return new Backoff.Steps(delays);
    } catch (IllegalArgumentException e) {
      throw new BadFrame("a frame holds an impossible value: " + e.getMessage());
    }
  }
}
