package io.jobyard.node.generation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of a generation, loaded and linked beforehand, in a file that its workers start from.
 * Empty at first; {@link #made} fills it once. A file that is not any more what it was, or that a
 * worker died of, is not used again, and one line says so. Safe for use by many threads.
 */
public final class ClassCache {
  private static final Logger LOG = LoggerFactory.getLogger(ClassCache.class);

  private final int generation;
  private volatile @Nullable Made made;

  /** The cache, and the jars it was made of: it is good for no others. */
  private record Made(Path file, Map<Path, Stamp> stamps) {
    boolean stands() {
      return stamps.entrySet().stream().allMatch(e -> e.getValue().equals(Stamp.of(e.getKey())));
    }
  }

  ClassCache(int generation) {
    this.generation = generation;
  }

  /** From now on workers start from this file. */
  public void made(Path file, List<String> classPath) {
    Map<Path, Stamp> stamps = new HashMap<>();
    for (Path path : Stream.concat(Stream.of(file), classPath.stream().map(Path::of)).toList()) {
      Stamp stamp = Stamp.of(path);
      if (stamp == null) {
        return; // its generation has left
      }
      stamps.put(path, stamp);
    }
    made = new Made(file, stamps);
    LOG.info("workers of generation {} start from a cache of classes from now on", generation);
  }

  /** What to start a worker with; nothing as long as there is no cache. */
  public List<String> options() {
    Made current = made;
    if (current == null) {
      return List.of();
    }
    if (!current.stands()) {
      distrust("it, or a jar it was made of, has changed");
      return List.of();
    }
    return new ArrayList<>(options(current.file));
  }

  /** Whether workers start from it. */
  public boolean inUse() {
    return made != null;
  }

  /** Uses the cache no more. */
  public void distrust(String why) {
    if (made != null) {
      made = null;
      LOG.warn(
          "generation {}: the cache of classes is not used any more: {}; workers start without",
          generation,
          why);
    }
  }

  /** How this Java is told to use a cache; quiet, since a JVM that cannot use it does without. */
  public static List<String> options(Path file) {
    return byTrainingRun()
        ? List.of(
            "-XX:AOTCache=" + file,
            // What the recording ran often is compiled at once otherwise, in place of the start.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTReplayTraining",
            // Where it was made for, so that it need not be patched, and workers share its pages.
            "-XX:ArchiveRelocationMode=0",
            "-Xlog:aot=off",
            "-Xlog:cds=off")
        : List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off");
  }

  /** As {@link #options(Path)}, but a JVM that cannot use the cache does not start. */
  public static List<String> strictly(Path file) {
    return byTrainingRun()
        ? List.of("-XX:AOTCache=" + file, "-XX:AOTMode=on")
        : List.of("-XX:SharedArchiveFile=" + file, "-Xshare:on");
  }

  /** How this Java is told to record one, in one run that ends by itself. */
  public static String recording(Path file) {
    return byTrainingRun() ? "-XX:AOTCacheOutput=" + file : "-XX:ArchiveClassesAtExit=" + file;
  }

  /** Java 25 links classes beforehand; those before only share what was loaded. */
  private static boolean byTrainingRun() {
    return Runtime.version().feature() >= 25;
  }
}
