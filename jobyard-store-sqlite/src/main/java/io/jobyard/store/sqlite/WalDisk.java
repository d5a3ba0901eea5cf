package io.jobyard.store.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The {@code -wal} file on its disk. It exists, and stays the same file, for as long as a
 * connection of this process is open. For one thread that is never interrupted: an interrupt would
 * close the channel.
 */
final class WalDisk implements WalFlush.Disk {
  private final SqliteFile file;
  private @Nullable FileChannel wal;

  WalDisk(SqliteFile file) {
    this.file = file;
  }

  @Override
  public void force() throws IOException {
    if (wal == null) {
      // The files' names have to be on disk as well; once is enough.
      try (FileChannel folder = FileChannel.open(file.folder(), StandardOpenOption.READ)) {
        folder.force(true);
      }
      wal = FileChannel.open(file.wal(), StandardOpenOption.WRITE);
    }
    // Without the time of change, which SQLite does not need, this is several times cheaper.
    wal.force(false);
  }

  @Override
  public void close() throws IOException {
    if (wal != null) {
      wal.close();
    }
  }
}
