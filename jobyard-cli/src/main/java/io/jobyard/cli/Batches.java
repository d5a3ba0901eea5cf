package io.jobyard.cli;

import java.util.function.IntUnaryOperator;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Does long work in batches, so that no store is held up, and shows how far it is. */
final class Batches {
  private static final int BATCH = 1_000;

  private Batches() {}

  /**
   * Repeats a step until it does less than it was asked to, or the bound is reached.
   *
   * @param step takes at most how many, says how many it did
   * @return how many in all
   */
  static int run(Shell shell, String title, long bound, IntUnaryOperator step) {
    int done = 0;
    try (ProgressBar bar = bar(shell, title, bound)) {
      while (done < bound) {
        int asked = (int) Math.min(BATCH, bound - done);
        int now = step.applyAsInt(asked);
        done += now;
        if (bar != null) {
          bar.stepTo(done);
        }
        if (now < asked) {
          break;
        }
      }
    }
    return done;
  }

  /** A bar on a terminal, where there is enough to do for one. */
  static @Nullable ProgressBar bar(Shell shell, String title, long bound) {
    return shell.shows() && bound > BATCH
        ? new ProgressBarBuilder().setTaskName(title).setInitialMax(bound).build()
        : null;
  }
}
