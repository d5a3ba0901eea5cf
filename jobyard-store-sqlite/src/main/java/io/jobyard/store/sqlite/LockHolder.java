package io.jobyard.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that holds a database's write lock, where the system tells (Linux).
 *
 * @param pid empty where it is not known, or nobody holds it now
 */
record LockHolder(OptionalLong pid) {
  private static final Logger LOG = LoggerFactory.getLogger(LockHolder.class);
  private static final Path LOCKS = Path.of("/proc/locks");

  /** The byte of the -shm file that whoever writes has locked; part of SQLite's file format. */
  private static final long WRITE_LOCK = 120;

  static LockHolder of(SqliteFile file) {
    if (!Files.isReadable(LOCKS) || !Files.exists(file.shm())) {
      return new LockHolder(OptionalLong.empty());
    }
    try {
      // The file is only looked at: to open and close it would drop SQLite's own locks on it.
      long inode = ((Number) Files.getAttribute(file.shm(), "unix:ino")).longValue();
      return new LockHolder(holder(Files.readAllLines(LOCKS), inode));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("{}: cannot tell who holds the write lock: {}", file, e.toString());
      return new LockHolder(OptionalLong.empty());
    }
  }

  /** Finds the holder among lines like {@code 1: POSIX ADVISORY WRITE 4711 fe:00:1234 120 120}. */
  static OptionalLong holder(List<String> locks, long inode) {
    for (String line : locks) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length == 8
          && words[3].equals("WRITE")
          && words[5].endsWith(":" + inode)
          && Long.parseLong(words[6]) <= WRITE_LOCK
          && (words[7].equals("EOF") || Long.parseLong(words[7]) >= WRITE_LOCK)) {
        return OptionalLong.of(Long.parseLong(words[4]));
      }
    }
    return OptionalLong.empty();
  }

  /** What to add to a sentence about the lock; empty where nothing is known. */
  String sentence() {
    return pid.isPresent()
        ? " by process " + pid.getAsLong() + ", which may be frozen or busy"
        : "";
  }
}
