package io.jobyard.http.page;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Figures {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Figures() {}

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A span in its two greatest units; a dash where there is none. */
  static String millis(@Nullable Long millis) {
    if (millis == null) {
      return "–";
    }
    if (millis < SECOND) {
      return millis + " ms";
    }
    if (millis < MINUTE) {
      return String.format(Locale.ROOT, millis < 10 * SECOND ? "%.1f s" : "%.0f s", millis / 1e3);
    }
    if (millis < HOUR) {
      return two(millis, MINUTE, "min", SECOND, "s");
    }
    return millis < DAY ? two(millis, HOUR, "h", MINUTE, "min") : two(millis, DAY, "d", HOUR, "h");
  }

  private static String two(long millis, long great, String greatName, long small, String name) {
    long rest = millis % great / small;
    return millis / great + " " + greatName + (rest == 0 ? "" : " " + rest + " " + name);
  }

  static String bytes(long bytes) {
    if (bytes < 1_024) {
      return bytes + " B";
    }
    return bytes < 1_048_576
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1_024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1_048_576.0);
  }
}
