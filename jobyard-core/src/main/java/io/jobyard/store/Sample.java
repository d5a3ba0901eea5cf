package io.jobyard.store;

import java.time.Instant;

/**
 * What one writer counted in one span of time, in a form only its reader knows. The first five
 * parts name it: whoever puts it again replaces it.
 *
 * @param family what kind of numbers, at most {@link #MAX_FAMILY} characters
 * @param series whose they are, such as a queue; at most {@link Limits#MAX_NAME} characters, may be
 *     empty
 * @param bucket the beginning of the span, by the writer's clock
 * @param writer who counted; at most {@link Limits#MAX_NAME} characters, may be empty
 * @param data not copied: treat the bytes as constant
 */
@SuppressWarnings("ArrayRecordComponent")
public record Sample(
    String family, String series, Step step, Instant bucket, String writer, byte[] data) {
  public static final int MAX_FAMILY = 16;

  /** The largest data, in bytes. */
  public static final int MAX_DATA = 32 * 1024;

  public Sample {
    require("family", family, MAX_FAMILY);
    require("series", series, Limits.MAX_NAME);
    require("writer", writer, Limits.MAX_NAME);
    if (family.isEmpty()) {
      throw new IllegalArgumentException("a sample's family must not be empty");
    }
    if (!step.bucket(bucket).equals(bucket)) {
      throw new IllegalArgumentException("no bucket of a " + step + " begins at " + bucket);
    }
    if (data.length > MAX_DATA) {
      throw new IllegalArgumentException(
          "a sample has at most " + MAX_DATA + " bytes, got " + data.length);
    }
  }

  private static void require(String what, String value, int most) {
    if (value.length() > most) {
      throw new IllegalArgumentException(
          "a sample's %s has at most %d characters, got %d of '%s'"
              .formatted(what, most, value.length(), value.substring(0, 40)));
    }
  }
}
