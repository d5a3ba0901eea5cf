package io.jobyard;

import io.jobyard.store.Limits;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a push says about its job; null means "as the class or the queue says". Immutable: every
 * method returns a new object.
 *
 * @param in wait so long first, by the store's clock; excludes {@code at}
 * @param at run not before this instant, by the store's clock
 * @param retries further runs after a failed first one
 * @param timeout how long one run may last; zero is no limit
 * @param worker the number of the worker that must run it, see {@link #worker(int)}
 * @param externalId an id another system gave; a second push with it returns the first job
 */
public record PushOptions(
    @Nullable String queue,
    @Nullable Duration in,
    @Nullable Instant at,
    @Nullable Integer retries,
    @Nullable Backoff backoff,
    @Nullable Duration timeout,
    @Nullable Boolean retryTimeouts,
    @Nullable Priority priority,
    @Nullable Integer worker,
    @Nullable String externalId) {
  private static final PushOptions NONE =
      new PushOptions(null, null, null, null, null, null, null, null, null, null);

  public PushOptions {
    if (in != null && at != null) {
      throw new IllegalArgumentException(
          "a push waits either in(" + in + ") or at(" + at + "), not both");
    }
    if (in != null && in.isNegative()) {
      throw new IllegalArgumentException("in must not be negative, got " + in);
    }
    if (retries != null && retries < 0) {
      throw new IllegalArgumentException("retries must be at least 0, got " + retries);
    }
    if (worker != null && (worker < 0 || worker > Limits.MAX_SLOT)) {
      throw new IllegalArgumentException(
          "worker must be 0 to " + Limits.MAX_SLOT + ", got " + worker);
    }
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative, got " + timeout);
    }
  }

  /** Nothing said. */
  public static PushOptions none() {
    return NONE;
  }

  /** On this queue. */
  public static PushOptions on(String queue) {
    return new PushOptions(queue, null, null, null, null, null, null, null, null, null);
  }

  public PushOptions in(Duration delay) {
    return new PushOptions(
        queue, delay, null, retries, backoff, timeout, retryTimeouts, priority, worker, externalId);
  }

  public PushOptions at(Instant instant) {
    return new PushOptions(
        queue,
        null,
        instant,
        retries,
        backoff,
        timeout,
        retryTimeouts,
        priority,
        worker,
        externalId);
  }

  public PushOptions retries(int count) {
    return new PushOptions(
        queue, in, at, count, backoff, timeout, retryTimeouts, priority, worker, externalId);
  }

  public PushOptions backoff(Backoff waits) {
    return new PushOptions(
        queue, in, at, retries, waits, timeout, retryTimeouts, priority, worker, externalId);
  }

  public PushOptions timeout(Duration limit) {
    return new PushOptions(
        queue, in, at, retries, backoff, limit, retryTimeouts, priority, worker, externalId);
  }

  public PushOptions retryTimeouts(boolean retry) {
    return new PushOptions(
        queue, in, at, retries, backoff, timeout, retry, priority, worker, externalId);
  }

  public PushOptions priority(Priority order) {
    return new PushOptions(
        queue, in, at, retries, backoff, timeout, retryTimeouts, order, worker, externalId);
  }

  /**
   * Runs it in the queue's worker of this number on whichever node takes it, one job after another
   * with whatever else that worker has: 0 to {@code processes - 1}. Where the node has fewer
   * processes, number n is worker n modulo {@code processes}.
   */
  public PushOptions worker(int number) {
    return new PushOptions(
        queue, in, at, retries, backoff, timeout, retryTimeouts, priority, number, externalId);
  }

  public PushOptions externalId(String id) {
    return new PushOptions(
        queue, in, at, retries, backoff, timeout, retryTimeouts, priority, worker, id);
  }
}
