package io.jobyard.run;

import io.jobyard.config.QueueConfig;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import java.time.Duration;

/**
 * When it is worth asking the store for jobs: after a wake-up, at the next due time, at the poll
 * interval, or when the last answer left nothing but what could not be taken then. Guarded by its
 * dispatcher's lock.
 */
final class Lookout {
  private static final long SMALL_ANSWER_BYTES = 1024 * 1024;

  private final Duration poll;
  private boolean awake = true;
  private boolean fell; // short of what was asked for, at the last answer
  private boolean freed; // room at the limit or in a slot, since the last question
  private long next = System.nanoTime();

  Lookout(QueueConfig queue) {
    this.poll = queue.poll();
  }

  /** Jobs may be waiting. */
  void wake() {
    awake = true;
  }

  /** What could not be taken, because of the queue's limit or a busy slot, may be taken now. */
  void freed() {
    freed = true;
    awake |= fell;
  }

  boolean due(long now) {
    return awake || now - next >= 0;
  }

  long untilDue(long now) {
    return awake ? 0 : next - now;
  }

  /** A question is on its way; what happens from here on asks for another. */
  void asking() {
    awake = false;
    freed = false;
  }

  /**
   * The answer.
   *
   * @param bytes of payload in it
   * @param most the most that could have been asked for
   */
  void answered(LeaseRequest request, Leased leased, long bytes, long most) {
    fell = leased.leases().size() < request.count();
    // With little left to fill, the next job may only have been too large for this answer.
    boolean roomy = request.bytes() - bytes > most - SMALL_ANSWER_BYTES;
    if (leased.leases().isEmpty() || (fell && roomy)) {
      Duration due = leased.nextDue();
      long pause = Tact.untilNext(poll, System.nanoTime());
      in(Duration.ofNanos(due == null ? pause : Math.min(pause, due.toNanos())));
      awake |= freed;
    } else {
      awake = true;
    }
  }

  /** Not before this time has passed, unless something happens. */
  void in(Duration delay) {
    next = System.nanoTime() + delay.toNanos();
  }
}
