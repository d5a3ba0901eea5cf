package io.jobyard.store;

import java.util.List;

/** Opens stores of one family of URLs; found by {@link java.util.ServiceLoader}. */
public interface JobStoreProvider {
  /** Whether this URL is one of its own; looks at the scheme only. */
  boolean accepts(String url);

  /**
   * Opens the store, creating and migrating it where the options allow.
   *
   * @throws io.jobyard.JobyardException if it cannot be opened; says why and what to do
   */
  JobStore open(String url, StoreOptions options);

  /**
   * Brings the schema up to date.
   *
   * @param dryRun only say what would be done
   * @return the scripts that were, or would be, carried out, in order
   */
  List<Script> migrate(String url, StoreOptions options, boolean dryRun);
}
