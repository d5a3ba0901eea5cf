package io.jobyard.codec;

import java.util.Set;

/** The kinds of job that can run here. Safe for use by many threads. */
public interface Kinds {
  /**
   * The work behind a kind.
   *
   * @throws UnknownKind if none is registered under this name; it says which are
   */
  Work find(String kind);

  /** Every registered name, aliases included. */
  Set<String> names();
}
