package io.jobyard.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as people write them: {@code 512k}, {@code 128m}, {@code 1g}. */
final class Sizes {
  static final String PATTERN = "[0-9]{1,6}[kmgKMG]";

  private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,6})([kmg])");

  private Sizes() {}

  /** In bytes. */
  static long parse(String text) {
    Matcher parts = WRITTEN.matcher(text.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be a size such as 64m or 1g, got '" + text + "'");
    }
    return Long.parseLong(parts.group(1)) << shift(parts.group(2).charAt(0));
  }

  /** In the largest unit that needs no fraction. */
  static String format(long bytes) {
    for (char unit : new char[] {'g', 'm', 'k'}) {
      if (bytes != 0 && bytes % (1L << shift(unit)) == 0) {
        return (bytes >> shift(unit)) + String.valueOf(unit);
      }
    }
    return bytes + " bytes";
  }

  private static int shift(char unit) {
    return switch (unit) {
      case 'k' -> 10;
      case 'm' -> 20;
      default -> 30;
    };
  }
}
