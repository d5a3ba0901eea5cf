package io.jobyard.store;

/**
 * A job's arguments as they are stored. Not copied: treat the bytes as constant.
 *
 * @param codec how they are written; {@code json} so far
 * @param version of that codec
 */
@SuppressWarnings("ArrayRecordComponent")
public record Payload(byte[] bytes, String codec, int version) {
  public static Payload json(byte[] bytes) {
    return new Payload(bytes, "json", 1);
  }
}
