package io.jobyard;

import org.jspecify.annotations.Nullable;

/** The job cannot be stored as it is; the message says why. Nothing was stored. */
public final class PushRefused extends JobyardException {
  public PushRefused(String message) {
    super(message);
  }

  public PushRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
