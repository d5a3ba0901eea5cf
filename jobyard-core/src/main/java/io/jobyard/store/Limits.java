package io.jobyard.store;

import io.jobyard.PushRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What every store refuses, in the same words; to be asked before anything is written. */
public final class Limits {
  /** The longest queue, kind or external id, in characters. */
  public static final int MAX_NAME = 255;

  /** The highest number of a worker slot. */
  public static final int MAX_SLOT = 9_999;

  /** The longest delay: a hundred years, which every store's clock can count. */
  public static final Duration MAX_DELAY = Duration.ofDays(36_500);

  /** No job is due after the year 9999. */
  public static final Instant LAST_DUE = Instant.parse("9999-12-31T23:59:59Z");

  /** Errors kept with a job: the first {@link #FIRST_ERRORS} and the latest. */
  public static final int MAX_ERRORS = 100;

  /** The oldest errors that are kept whatever follows: they tell how it began. */
  public static final int FIRST_ERRORS = 10;

  private Limits() {}

  /**
   * Checks jobs before they are stored.
   *
   * @throws PushRefused naming the first that cannot be stored, and the limit
   */
  public static void check(List<NewJob> jobs) {
    for (NewJob job : jobs) {
      checkName("queue", job.queue());
      checkName("kind", job.kind());
      checkName("external id", job.externalId());
      checkSize("payload of " + job.kind(), job.payload().bytes().length);
      checkSlot(job);
      checkDue(job);
    }
  }

  /**
   * Checks jobs that another store held before they are taken over.
   *
   * @throws PushRefused naming the first that is not waiting or cannot be stored
   */
  public static void checkAdoption(List<JobView> jobs) {
    for (JobView job : jobs) {
      switch (job.state()) {
        case READY, SCHEDULED -> {}
        case RUNNING, SUCCEEDED, FAILED, CANCELLED ->
            throw new PushRefused(
                "job "
                    + job.id()
                    + " is "
                    + job.state()
                    + ", only READY and SCHEDULED ones can be taken over; leave it out");
      }
    }
    check(jobs.stream().map(JobView::toNewJob).toList());
  }

  /** The refusal of a job whose external id another job has here. */
  public static PushRefused externalIdTaken(JobView job, UUID owner) {
    return new PushRefused(
        "job "
            + job.id()
            + " cannot be taken over: its external id '"
            + job.externalId()
            + "' is job "
            + owner
            + "'s here; forget one of them");
  }

  /**
   * Checks a batch of settlements before any of it is written.
   *
   * @throws PushRefused for a result or a follow-up push that cannot be stored
   */
  public static void checkSettlements(List<Settlement> settlements) {
    for (Settlement settlement : settlements) {
      check(settlement.pushes());
      if (settlement.move() instanceof Settlement.Succeed(byte[] result, var keep)
          && result != null) {
        checkSize("result of job " + settlement.key().id(), result.length);
      }
    }
  }

  /** A delay that every store can count: at least none, at most {@link #MAX_DELAY}. */
  static Duration bounded(Duration delay) {
    if (delay.isNegative()) {
      return Duration.ZERO;
    }
    return delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
  }

  private static void checkSlot(NewJob job) {
    Integer slot = job.slot();
    if (slot != null && (slot < 0 || slot > MAX_SLOT)) {
      throw new PushRefused(
          "job "
              + job.kind()
              + " must be pinned to a worker from 0 to "
              + MAX_SLOT
              + ", got "
              + slot
              + "; leave the worker out if any will do");
    }
  }

  private static void checkDue(NewJob job) {
    boolean countable =
        switch (job.due()) {
          case NewJob.Due.In(var delay) -> delay.equals(bounded(delay));
          case NewJob.Due.At(var instant) -> !instant.isAfter(LAST_DUE);
        };
    if (!countable) {
      throw new PushRefused(
          "job "
              + job.kind()
              + " must be due within "
              + MAX_DELAY.toDays()
              + " days and before "
              + LAST_DUE
              + ", got "
              + job.due()
              + "; choose a time that can come");
    }
  }

  private static void checkSize(String what, int bytes) {
    if (bytes > JobStore.MAX_PAYLOAD) {
      throw new PushRefused(
          "the "
              + what
              + " has "
              + bytes
              + " bytes, the limit is "
              + JobStore.MAX_PAYLOAD
              + "; keep the data elsewhere and store where it is");
    }
  }

  private static void checkName(String what, @Nullable String name) {
    if (name == null) {
      return;
    }
    if (name.isBlank()) {
      throw new PushRefused(
          "the " + what + " must not be blank, got '" + name + "'; give it a name");
    }
    if (name.length() > MAX_NAME) {
      throw new PushRefused(
          "the "
              + what
              + " '"
              + name.substring(0, 40)
              + "…' has "
              + name.length()
              + " characters, the limit is "
              + MAX_NAME
              + "; choose a shorter one");
    }
  }
}
