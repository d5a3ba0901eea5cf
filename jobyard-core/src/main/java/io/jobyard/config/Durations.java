package io.jobyard.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 1m30s}, {@code 2h}. */
public final class Durations {
  /** Far above any use, and still countable in nanoseconds. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern TEXT =
      Pattern.compile(
          "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private Durations() {}

  /**
   * Reads a duration; {@code 0} needs no unit.
   *
   * @throws IllegalArgumentException if it is none; the message quotes it and shows the form
   */
  public static Duration parse(String text) {
    String trimmed = text.strip();
    if (trimmed.equals("0")) {
      return Duration.ZERO;
    }
    Matcher parts = TEXT.matcher(trimmed);
    if (trimmed.isEmpty() || !parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write it like 500ms, 30s, 1m30s or 2h");
    }
    Duration duration =
        Duration.ofDays(number(parts, 1))
            .plusHours(number(parts, 2))
            .plusMinutes(number(parts, 3))
            .plusSeconds(number(parts, 4))
            .plusMillis(number(parts, 5));
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is too long a duration; at most 36500d are allowed");
    }
    return duration;
  }

  /** The shortest way to write it, to the millisecond; {@code 0s} for none. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    Duration whole = duration.abs();
    String text =
        part(whole.toDays(), "d")
            + part(whole.toHoursPart(), "h")
            + part(whole.toMinutesPart(), "m")
            + part(whole.toSecondsPart(), "s")
            + part(whole.toMillisPart(), "ms");
    return (duration.isNegative() ? "-" : "") + (text.isEmpty() ? "0s" : text);
  }

  private static String part(long amount, String unit) {
    return amount == 0 ? "" : amount + unit;
  }

  private static long number(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
