package io.jobyard.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The lock that a process holds on SQLite's file while it writes. */
final class WriteLock {
  private WriteLock() {}

  /** Who holds it; asks the system, not the store. Nobody where the scene has no such file. */
  static OptionalLong holder(Scene scene) {
    Path shared = scene.dir.resolve("jobs.db-shm");
    if (!Files.exists(shared)) {
      return OptionalLong.empty();
    }
    try {
      long inode = (long) Files.getAttribute(shared, "unix:ino");
      return Files.readAllLines(Path.of("/proc/locks")).stream()
          .map(line -> line.strip().split("\\s+", -1))
          .filter(words -> words.length == 8 && words[3].equals("WRITE"))
          .filter(words -> words[5].endsWith(":" + inode) && words[6].equals("120"))
          .mapToLong(words -> Long.parseLong(words[4]))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
