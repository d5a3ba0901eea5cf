package io.jobyard.run;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets lines pass at a pace that whoever takes them can bear, and counts those that came too fast.
 * For one thread at a time.
 */
final class Sluice {
  /** What an empty line costs those who share. */
  private static final int LINE_COST = 64;

  /** Once too much came, nothing passes for so long: else every other line would tell of it. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clock;
  private final Allowance lines;
  private final Allowance sizes;
  private final @Nullable Allowance shared;
  private boolean silent;
  private long silentSince;
  private long leftOut;

  /**
   * @param lines how many a second; at once twice as many
   * @param size how much they may hold in a second; at once four times that
   * @param shared what several may let pass together; or null
   */
  Sluice(int lines, int size, @Nullable Allowance shared, LongSupplier clock) {
    this.clock = clock;
    this.lines = new Allowance(lines, 2.0 * lines, clock);
    this.sizes = new Allowance(size, 4.0 * size, clock);
    this.shared = shared;
  }

  /** Whether a line of this size passes; one that does not is counted. */
  boolean passes(int size) {
    if (silent && clock.getAsLong() - silentSince < SILENCE) {
      leftOut++;
      return false;
    }
    silent = !pay(size);
    if (silent) {
      silentSince = clock.getAsLong();
      leftOut++;
    }
    return !silent;
  }

  private boolean pay(int size) {
    if (!lines.take(1)) {
      return false;
    }
    if (!sizes.take(size)) {
      lines.giveBack(1);
      return false;
    }
    if (shared != null && !shared.take(size + LINE_COST)) {
      lines.giveBack(1);
      sizes.giveBack(size);
      return false;
    }
    return true;
  }

  /** A line on those that were left out since the last time; null if there were none. */
  @Nullable String leftOut() {
    if (leftOut == 0) {
      return null;
    }
    String notice =
        "… " + leftOut + (leftOut == 1 ? " line was" : " lines were") + " left out, too many came";
    leftOut = 0;
    return notice;
  }
}
