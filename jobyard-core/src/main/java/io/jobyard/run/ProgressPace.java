package io.jobyard.run;

import io.jobyard.Progress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thins out what one run says of its progress: the first word goes at once, further ones at most
 * ten times a second, and the last one in the end. Guarded by itself, also while a word goes, so
 * that a later one cannot overtake it.
 */
final class ProgressPace {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(100);

  private @Nullable Progress waiting;
  private boolean began;
  private long last;

  /** Says it now, or keeps it until it is time. True if it waits. */
  synchronized boolean say(Progress progress, long now, Consumer<Progress> out) {
    waiting = progress;
    return !due(now, out);
  }

  /** Says what waits, if it is time. False if it is not. */
  synchronized boolean due(long now, Consumer<Progress> out) {
    if (waiting == null) {
      return true;
    }
    if (began && now - last < EVERY) {
      return false;
    }
    began = true;
    last = now;
    rest(out);
    return true;
  }

  /** Says what waits. */
  synchronized void rest(Consumer<Progress> out) {
    Progress next = waiting;
    waiting = null;
    if (next != null) {
      out.accept(next);
    }
  }
}
