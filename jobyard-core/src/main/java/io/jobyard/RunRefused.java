package io.jobyard;

import org.jspecify.annotations.Nullable;

/**
 * A worker will not run the job as it is, and another attempt could not change that: the job ends
 * FAILED at once, whatever retries it has left. A job's own code may throw it too.
 */
public class RunRefused extends JobyardException {
  public RunRefused(String message) {
    super(message);
  }

  public RunRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
