package io.jobyard.store.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The {@code -wal} file on its disk. It exists, and stays the same file, for as long as a
 * connection of this process is open. For one thread that is never interrupted: an interrupt would
 * close the channel.
 */
final class WalDisk implements WalFlush.Disk {
  private final SqliteFile file;
  private @Nullable FileChannel wal;
  private @Nullable Object identity;
  private @Nullable IOException broken;

  WalDisk(SqliteFile file) {
    this.file = file;
  }

  /**
   * Once a flush has failed all later ones do: the system may have dropped what it could not write,
   * and a second flush would not say so.
   */
  @Override
  public void force() throws IOException {
    if (broken != null) {
      throw new IOException(
          "an earlier flush failed (" + broken + "); look at the disk and restart", broken);
    }
    FileChannel log = wal;
    if (log == null) {
      log = open();
    }
    checkIdentity();
    try {
      // Without the time of change, which SQLite does not need, this is several times cheaper.
      log.force(false);
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  private FileChannel open() throws IOException {
    // The files' names have to be on disk as well; once is enough.
    try (FileChannel folder = FileChannel.open(file.folder(), StandardOpenOption.READ)) {
      folder.force(true);
    }
    identity = identity();
    FileChannel log = FileChannel.open(file.wal(), StandardOpenOption.WRITE);
    wal = log;
    return log;
  }

  /** A log that somebody deleted is still written to, but would be gone with the last process. */
  private void checkIdentity() throws IOException {
    if (!Objects.equals(identity, identity())) {
      throw new IOException(file.wal() + " was removed or replaced while it was in use; restart");
    }
  }

  private @Nullable Object identity() throws IOException {
    return Files.readAttributes(file.wal(), BasicFileAttributes.class).fileKey();
  }

  @Override
  public void close() throws IOException {
    if (wal != null) {
      wal.close();
    }
  }
}
