package io.jobyard.node;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a node runs once: a file that holds the process's number, locked while it lives.
 * The lock goes with the process, so that what a dead one left is simply taken over. The file stays
 * (emptied): removing it would let two that open it at the same moment lock different files.
 */
final class PidFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private PidFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @throws JobyardException if another process holds it; says which
   */
  static PidFile take(Path file, String node) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      throw new JobyardException(
          "node "
              + node
              + " already runs as pid "
              + Files.readString(file).strip()
              + " ("
              + file
              + "); stop it first, or give this one another node name and run directory");
    }
    channel.truncate(0);
    String pid = ProcessHandle.current().pid() + "\n";
    channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    return new PidFile(file, channel);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // within this very process
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.truncate(0);
      channel.close();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
