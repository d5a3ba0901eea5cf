package io.jobyard.codec;

import io.jobyard.store.Payload;
import java.util.Set;

/** The kinds of job that can run here. Safe for use by many threads. */
public interface Kinds {
  /**
   * The work behind a kind.
   *
   * @throws UnknownKind if none is registered under this name; it says which are
   */
  Work find(String kind);

  /**
   * The work for a job, which may have brought its code.
   *
   * @throws UnknownKind as {@link #find(String)}
   */
  default Work find(String kind, Payload payload) {
    return find(kind);
  }

  /** Every registered name, aliases included. */
  Set<String> names();
}
