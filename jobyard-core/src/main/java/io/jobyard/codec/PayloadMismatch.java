package io.jobyard.codec;

import io.jobyard.JobyardException;
import org.jspecify.annotations.Nullable;

/** A payload does not fit the arguments of its kind; the message names the field. */
public final class PayloadMismatch extends JobyardException {
  public PayloadMismatch(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
