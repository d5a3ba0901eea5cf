package io.jobyard;

import java.util.UUID;

/** The awaited job was cancelled. */
public final class JobCancelledException extends JobyardException {
  private final UUID id;

  public JobCancelledException(UUID id) {
    super("job " + id + " was cancelled");
    this.id = id;
  }

  public UUID id() {
    return id;
  }
}
