package io.jobyard.config;

import io.jobyard.Backoff;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits between attempts as people write them: {@code 3s}, {@code 1s, 5s, 30s} or {@code from: 3s,
 * to: 10m}.
 */
public final class Backoffs {
  private static final Pattern DOUBLING =
      Pattern.compile("from:\\s*([^,\\s]+)\\s*,\\s*to:\\s*([^,\\s]+)");

  private Backoffs() {}

  /**
   * Reads a backoff.
   *
   * @throws IllegalArgumentException if it is none; the message quotes what is wrong
   */
  public static Backoff parse(String text) {
    String trimmed = text.strip();
    Matcher doubling = DOUBLING.matcher(trimmed);
    if (doubling.matches()) {
      return Backoff.doubling(
          Durations.parse(doubling.group(1)), Durations.parse(doubling.group(2)));
    }
    if (trimmed.contains(":")) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a backoff; write it like 3s, or 1s, 5s, 30s, or from: 3s, to: 10m");
    }
    return Backoff.steps(
        Stream.of(trimmed.split(",", -1)).map(Durations::parse).toArray(Duration[]::new));
  }

  /** The shortest way to write it. */
  public static String format(Backoff backoff) {
    return switch (backoff) {
      case Backoff.Steps(var delays) ->
          delays.stream().map(Durations::format).collect(Collectors.joining(", "));
      case Backoff.Doubling(var from, var to) ->
          "from: " + Durations.format(from) + ", to: " + Durations.format(to);
    };
  }
}
