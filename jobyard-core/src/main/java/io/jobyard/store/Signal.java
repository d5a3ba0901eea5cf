package io.jobyard.store;

/**
 * A live message between processes that share a store. Not kept: whoever does not listen now never
 * hears it.
 *
 * @param topic what it is about, at most {@link Limits#MAX_NAME} characters
 * @param body not copied: treat the bytes as constant
 */
@SuppressWarnings("ArrayRecordComponent")
public record Signal(String topic, byte[] body) {
  /** The largest body, in bytes. */
  public static final int MAX_BODY = 64 * 1024;

  public Signal {
    if (topic.isBlank() || topic.length() > Limits.MAX_NAME) {
      throw new IllegalArgumentException(
          "a topic has 1 to "
              + Limits.MAX_NAME
              + " characters, got "
              + topic.length()
              + " of '"
              + topic.substring(0, Math.min(40, topic.length()))
              + "'");
    }
    if (body.length > MAX_BODY) {
      throw new IllegalArgumentException(
          "a live message has at most " + MAX_BODY + " bytes, got " + body.length);
    }
  }
}
