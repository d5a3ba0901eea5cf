package io.jobyard;

import java.util.List;
import java.util.UUID;

/** The awaited job ended FAILED. */
public final class JobFailedException extends JobyardException {
  private final UUID id;
  private final transient List<Failure> errors;

  public JobFailedException(UUID id, List<Failure> errors) {
    super("job " + id + " failed" + (errors.isEmpty() ? "" : ": " + errors.getLast().message()));
    this.id = id;
    this.errors = List.copyOf(errors);
  }

  public UUID id() {
    return id;
  }

  /** The errors of all its attempts, oldest first. */
  public List<Failure> errors() {
    return errors;
  }
}
