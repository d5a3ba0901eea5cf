package io.jobyard;

import org.jspecify.annotations.Nullable;

/**
 * Anything Jobyard refuses or could not do; the message says what, which value, what to do next.
 */
public class JobyardException extends RuntimeException {
  public JobyardException(String message) {
    super(message);
  }

  public JobyardException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
