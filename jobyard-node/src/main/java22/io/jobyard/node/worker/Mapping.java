package io.jobyard.node.worker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file as memory. By a memory segment: {@link FileChannel#map(FileChannel.MapMode, long, long)}
 * makes its buffer by reflection, for which a JVM that has just started spins classes for 30 ms.
 */
final class Mapping {
  private Mapping() {}

  /** The beginning of a file, to be read and written; outlives the channel, and the file. */
  static ByteBuffer of(FileChannel channel, long bytes) throws IOException {
    return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto()).asByteBuffer();
  }
}
