package io.jobyard.run;

import java.util.function.LongSupplier;

/**
 * How much may pass: so much at once, and from then on so much a second. Safe for use by many
 * threads.
 */
public final class Allowance {
  private static final double SECOND = 1e9;

  private final double aSecond;
  private final double atOnce;
  private final LongSupplier clock;
  private double credit;
  private long creditAt;

  public Allowance(double aSecond, double atOnce) {
    this(aSecond, atOnce, System::nanoTime);
  }

  Allowance(double aSecond, double atOnce, LongSupplier clock) {
    this.aSecond = aSecond;
    this.atOnce = atOnce;
    this.clock = clock;
    this.credit = atOnce;
    this.creditAt = clock.getAsLong();
  }

  /** Takes that much; false, and nothing is taken, if there is less. */
  public synchronized boolean take(double much) {
    if (credit < much) {
      long now = clock.getAsLong();
      credit = Math.min(atOnce, credit + (now - creditAt) / SECOND * aSecond);
      creditAt = now;
    }
    if (credit < much) {
      return false;
    }
    credit -= much;
    return true;
  }

  /** Takes back what was taken for something that did not pass after all. */
  public synchronized void giveBack(double much) {
    credit = Math.min(atOnce, credit + much);
  }
}
