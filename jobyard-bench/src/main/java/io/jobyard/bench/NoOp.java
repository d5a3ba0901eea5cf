package io.jobyard.bench;

import io.jobyard.Job;
import io.jobyard.JobContext;

/**
 * A job that does nothing, with a payload of 100 bytes.
 *
 * @param text fills the payload up
 */
public record NoOp(String text) implements Job {
  /** {@code {"text":"…"}} is 11 bytes and the text. */
  private static final String FILLING = "x".repeat(89);

  static NoOp filled() {
    return new NoOp(FILLING);
  }

  @Override
  public void run(JobContext job) {}
}
