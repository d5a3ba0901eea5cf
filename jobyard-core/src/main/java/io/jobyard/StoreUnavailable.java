package io.jobyard;

import org.jspecify.annotations.Nullable;

/** The store did not answer, or not in time; trying again later may help. */
public final class StoreUnavailable extends JobyardException {
  public StoreUnavailable(String message) {
    super(message);
  }

  public StoreUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
