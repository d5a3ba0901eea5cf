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

  /**
   * The key of a leased job. The store keeps one random number for all that one step leased, so
   * that it writes the same for each of them; a job's token is that number and its own id and
   * number, mixed so that each bit tells nothing of the others.
   *
   * @param drawn the step's random number as {@link #token} wrote it; a dash if it is not leased
   */
  static LeaseKey key(UUID id, long seq, long fence, String drawn) {
    long token = drawn.equals("-") ? 0 : Long.parseUnsignedLong(drawn, 16) ^ mixed(id, seq);
    return new LeaseKey(id, seq, fence, token);
  }

  /** Bits that follow from an id and a number, and look as if drawn. */
  static long mixed(UUID id, long seq) {
    return mixed(
        id.getMostSignificantBits()
            ^ Long.rotateLeft(id.getLeastSignificantBits(), 32)
            ^ seq * 0x9E3779B97F4A7C15L);
  }

  /** The finalizer of SplitMix64. */
  static long mixed(long number) {
    long bits = number;
    bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
    return bits ^ (bits >>> 31);
  }

  /**
   * What the state of a job begins with while its lease holds; the same for all that were leased
   * for the first time in one step.
   *
   * @param drawn the step's random number
   */
  record Proof(long fence, long drawn) {
    static Proof of(LeaseKey key) {
      return new Proof(key.fence(), key.token() ^ mixed(key.id(), key.seq()));
    }

    @Override
    public String toString() {
      return "R " + fence + " " + token(drawn) + " ";
    }
  }
}
