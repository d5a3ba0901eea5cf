package io.jobyard.deliver;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** When the receiver wants a job again. */
final class RetryAfter {
  private static final int LONGEST_NUMBER = 9;
  private static final int UUID_BY_TIME = 7;

  private RetryAfter() {}

  /** What the header says; empty for none, or one that says nothing. */
  static Optional<Duration> read(@Nullable String header, Instant now) {
    if (header == null) {
      return Optional.empty();
    }
    String text = header.strip();
    if (text.matches("[0-9]{1," + LONGEST_NUMBER + "}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether a job may be put off so long at no cost: its id says when it was pushed. */
  static boolean bearable(UUID job, Duration delay, Duration patience, Instant now) {
    if (job.version() != UUID_BY_TIME) {
      return false;
    }
    Instant pushed = Instant.ofEpochMilli(job.getMostSignificantBits() >>> 16);
    return !now.plus(delay).isAfter(pushed.plus(patience));
  }
}
