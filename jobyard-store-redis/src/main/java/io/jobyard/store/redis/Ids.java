package io.jobyard.store.redis;

import io.jobyard.store.LeaseKey;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;

/** How ids and numbers are written. */
final class Ids {
  private Ids() {}

  static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  static UUID uuid(byte[] bytes, int from) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, 16);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  /** A job's number so that it sorts as text. */
  static String seq(long seq) {
    String digits = Long.toString(seq);
    return "0".repeat(Math.max(0, 16 - digits.length())) + digits;
  }

  static String token(long token) {
    return HexFormat.of().toHexDigits(token);
  }

  static long token(String hex) {
    return hex.equals("-") ? 0 : Long.parseUnsignedLong(hex, 16);
  }

  /** What the state of a job begins with while this lease holds. */
  static String proof(LeaseKey key) {
    return "R " + key.fence() + " " + token(key.token()) + " ";
  }
}
