package io.jobyard.codec;

import io.jobyard.JobyardException;

/** No work is registered under this kind. */
public final class UnknownKind extends JobyardException {
  public UnknownKind(String message) {
    super(message);
  }
}
