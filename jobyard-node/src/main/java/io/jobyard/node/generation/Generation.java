package io.jobyard.node.generation;

import io.jobyard.codec.KindIndex;
import java.nio.file.Path;
import java.util.List;

/**
 * One version of the jobs' code, as its workers see it.
 *
 * @param number 1 is the node's first; never used twice
 * @param dir what is this generation's own; removed when its last worker has left
 * @param code the copied code, then Jobyard's
 * @param kinds what can run
 * @param cache what its workers may start from
 */
public record Generation(int number, Path dir, ClassPath code, KindIndex kinds, ClassCache cache) {
  /** Of workers that are handed their jobs, and of the cache; others add to its end. */
  public List<String> classPath() {
    return code.handed();
  }

  /** Of workers that take their jobs from the store themselves. */
  public List<String> grabbingClassPath() {
    return code.grabbing();
  }

  /** The file that holds the index of kinds. */
  public Path kindsFile() {
    return dir.resolve("kinds.json");
  }
}
