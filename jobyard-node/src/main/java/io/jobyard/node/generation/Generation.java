package io.jobyard.node.generation;

import io.jobyard.codec.KindIndex;
import io.jobyard.config.Mode;
import java.nio.file.Path;
import java.util.List;

/**
 * One version of the jobs' code, as its workers see it.
 *
 * @param number 1 is the node's first; never used twice
 * @param dir what is this generation's own; removed when its last worker has left
 * @param handed of workers that are handed their jobs
 * @param grabbing of workers that take their jobs from the store themselves; the same where the
 *     class path is
 * @param kinds what can run
 */
public record Generation(int number, Path dir, Footing handed, Footing grabbing, KindIndex kinds) {
  /**
   * @param code the copied code, then Jobyard's
   */
  static Generation of(int number, Path dir, ClassPath code, KindIndex kinds) {
    var handed = new Footing(code.handed(), new ClassCache(number));
    List<String> longer = code.grabbing();
    return new Generation(
        number,
        dir,
        handed,
        longer.equals(handed.classPath()) ? handed : new Footing(longer, new ClassCache(number)),
        kinds);
  }

  /** Of the workers of queues in this mode. */
  public Footing footing(Mode mode) {
    return switch (mode) {
      case DISTRIBUTE -> handed;
      case GRAB -> grabbing;
    };
  }

  /** The file that holds the index of kinds. */
  public Path kindsFile() {
    return dir.resolve("kinds.json");
  }
}
