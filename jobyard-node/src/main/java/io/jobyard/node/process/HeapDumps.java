package io.jobyard.node.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a queue's workers leave their heaps when they run out of memory; keeps the latest few. */
final class HeapDumps {
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
    Latest.keep(folder, "*.hprof", KEPT);
    return dump;
  }
}
