package io.jobyard.store;

import io.jobyard.JobyardException;
import org.jspecify.annotations.Nullable;

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

  /**
   * Refuses who would take jobs and does not say whose, where the store does: a machine that has
   * but the address of production's store must not run production's jobs.
   *
   * @param configured null if none is
   */
  public static void requireOfNode(@Nullable String configured, JobStore store) {
    StoreReport report = configured == null ? store.report() : null;
    if (report != null && report.env() != null) {
      throw new JobyardException(
          "%s belongs to the environment '%s', and this node names none, so it takes no jobs from it; set 'env: %s' if it is meant to"
              .formatted(report.url(), report.env(), report.env()));
    }
  }
}
