package io.jobyard.node.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a queue's workers leave their heaps when they run out of memory; keeps the latest few. */
final class HeapDumps {
  private static final Logger LOG = LoggerFactory.getLogger(HeapDumps.class);
  private static final int KEPT = 3;

  private HeapDumps() {}

  /** Makes the folder: without it the JVM would write a file of that name. */
  static void prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  /** The dump of a dead worker, and removes the oldest; null if it left none. */
  static @Nullable Path of(Path folder, long pid) {
    Path dump = folder.resolve("java_pid" + pid + ".hprof");
    if (!Files.exists(dump)) {
      return null;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> dumps =
          files
              .filter(file -> file.getFileName().toString().endsWith(".hprof"))
              .sorted(
                  Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed())
              .toList();
      for (Path old : dumps.stream().skip(KEPT).toList()) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      LOG.warn("could not remove old heap dumps in {}: {}", folder, e.getMessage());
    }
    return dump;
  }
}
