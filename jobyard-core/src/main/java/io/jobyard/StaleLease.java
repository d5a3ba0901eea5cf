package io.jobyard;

import org.jspecify.annotations.Nullable;

/** The run that asked has lost its lease; nothing was changed. */
public final class StaleLease extends JobyardException {
  public StaleLease(String message) {
    super(message);
  }

  public StaleLease(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
