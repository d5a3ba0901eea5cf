package io.jobyard.node.process;

import io.jobyard.node.worker.Farewell;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a dead worker process left behind.
 *
 * @param exitCode as the JVM reports it: 128 + n may be a signal or an exit
 * @param output the last lines it wrote
 * @param farewell why it left, in its own words
 * @param errorFile the JVM's error log; null if it wrote none
 * @param heapDump its heap, if it ran out of memory; null if it left none
 */
record Remains(
    long pid,
    int exitCode,
    List<String> output,
    Farewell farewell,
    @Nullable ErrorFile errorFile,
    @Nullable Path heapDump) {

  /**
   * A JVM's error log.
   *
   * @param headline what happened and where, from its head
   * @param excerpt its head, and the stack of the thread that crashed
   */
  record ErrorFile(String path, String headline, List<String> excerpt) {
    ErrorFile {
      excerpt = List.copyOf(excerpt);
    }
  }
}
