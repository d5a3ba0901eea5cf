package io.jobyard;

/** A job that goes out to a URL was not accepted there, or never arrived. */
public final class DeliveryFailed extends Exception {
  private final int status;

  /**
   * @param status as the receiver answered; 0 where it did not
   */
  public DeliveryFailed(String message, int status) {
    // Where Jobyard itself stood when another server said no tells nobody anything.
    super(message, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
