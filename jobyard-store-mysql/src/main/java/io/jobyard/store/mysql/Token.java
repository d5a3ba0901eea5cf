package io.jobyard.store.mysql;

import io.jobyard.store.jdbc.Codes;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * How the tokens of one lease follow from the one random number that was drawn for it, so that a
 * single statement can give or compare them for many jobs.
 */
final class Token {
  /** A row's token, with the random number as parameter; the same as {@link #of}. */
  static final String SQL = "cast((? ^ seq ^ crc32(id)) as signed)";

  private Token() {}

  /** A job's token out of the random number, or the random number out of its token. */
  static long of(long random, long seq, UUID id) {
    CRC32 crc = new CRC32();
    crc.update(Codes.bytes(id));
    return random ^ seq ^ crc.getValue();
  }
}
