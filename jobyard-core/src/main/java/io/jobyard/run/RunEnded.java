package io.jobyard.run;

import java.time.Duration;

/**
 * How {@code job.release} and {@code job.cancel} leave the job's code. An Error, so that a {@code
 * catch (Exception e)} in the job lets it pass; without a stack, since it says nothing.
 */
final class RunEnded extends Error {
  private final transient Outcome outcome;

  private RunEnded(String message, Outcome outcome) {
    super(message, null, false, false);
    this.outcome = outcome;
  }

  static RunEnded released(Duration delay) {
    return new RunEnded("released", new Outcome.Released(delay));
  }

  static RunEnded cancelled() {
    return new RunEnded("cancelled", new Outcome.Cancelled());
  }

  Outcome outcome() {
    return outcome;
  }
}
