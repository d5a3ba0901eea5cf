package io.jobyard.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Moments as {@link System#nanoTime}, which all processes of one machine share, eight bytes each at
 * its own place. Zero is not yet.
 */
public final class StampFile {
  private StampFile() {}

  static void write(Path file, int line, long moment) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, moment), (long) line * Long.BYTES);
    }
  }

  /** The moment written there; zero if there is none yet. */
  public static long read(Path file, int line) throws IOException {
    ByteBuffer moment = ByteBuffer.allocate(Long.BYTES);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      channel.read(moment, (long) line * Long.BYTES);
    }
    return moment.getLong(0);
  }
}
