package io.jobyard.node.generation;

import io.jobyard.codec.KindIndex;
import java.nio.file.Path;
import java.util.List;

/**
 * One version of the jobs' code, as its workers see it.
 *
 * @param number 1 is the node's first; never used twice
 * @param dir what is this generation's own; removed when its last worker has left
 * @param classPath the copied code, then Jobyard's
 * @param kinds what can run
 * @param cache what its workers may start from
 */
public record Generation(
    int number, Path dir, List<String> classPath, KindIndex kinds, ClassCache cache) {
  public Generation {
    classPath = List.copyOf(classPath);
  }

  /** The file that holds the index of kinds. */
  public Path kindsFile() {
    return dir.resolve("kinds.json");
  }
}
