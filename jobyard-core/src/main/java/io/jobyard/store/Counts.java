package io.jobyard.store;

/**
 * What a job's runs came to so far.
 *
 * @param failed runs that failed or timed out: they use up retries
 * @param crashed runs whose process died under them
 * @param lost runs whose node went away
 * @param handlerCrashes runs of the failure handlers that did not come to an end
 */
public record Counts(int failed, int crashed, int lost, int handlerCrashes) {
  public static final Counts ZERO = new Counts(0, 0, 0, 0);

  /** Runs that were started and charged. */
  public int charged() {
    return failed + crashed + lost;
  }
}
