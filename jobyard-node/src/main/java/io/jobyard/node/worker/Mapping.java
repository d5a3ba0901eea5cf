package io.jobyard.node.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file as memory; since Java 22 there is a quicker way to it. */
final class Mapping {
  private Mapping() {}

  /** The beginning of a file, to be read and written; outlives the channel, and the file. */
  static ByteBuffer of(FileChannel channel, long bytes) throws IOException {
    return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
  }
}
