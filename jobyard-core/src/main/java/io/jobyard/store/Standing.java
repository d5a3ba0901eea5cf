package io.jobyard.store;

/** What must be known of a leased job to decide what becomes of it. */
public record Standing(
    LeaseKey key, String queue, boolean task, JobSettings settings, Counts counts, Phase phase) {

  /** 1 for the first run. In the failing phase: the number of the last run. */
  public int attempt() {
    return phase == Phase.RUN ? counts.charged() + 1 : Math.max(1, counts.charged());
  }
}
