package io.jobyard.store;

import io.jobyard.JobyardException;

/** The refusal of a process that belongs elsewhere, in the same words for every store. */
public final class Environment {
  private Environment() {}

  /**
   * Refuses a process that was configured for another environment than the store's.
   *
   * @param url the store's, without any password
   */
  public static void require(String configured, String stored, String url) {
    if (!configured.equals(stored)) {
      throw new JobyardException(
          url
              + " belongs to the environment '"
              + stored
              + "', this process is configured with 'env: "
              + configured
              + "', so it does not touch it; name "
              + configured
              + "'s own store, or set 'env: "
              + stored
              + "' if this one is meant");
    }
  }
}
