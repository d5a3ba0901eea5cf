package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import io.jobyard.codec.KindIndex;
import io.jobyard.codec.KindScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private copies of the class path, a folder for each generation, so that a jar overwritten in
 * place breaks no running JVM. Where no class path is configured there is nothing to copy: the code
 * is then that of the manager's own process. For one thread.
 */
public final class CodeStore {
  private static final Logger LOG = LoggerFactory.getLogger(CodeStore.class);

  private final Path dir;
  private final Path base;
  private final List<String> entries;
  private final List<String> startClasses;
  private Map<Path, Copied> latest = Map.of();

  /** A jar as it was when it was copied; that copy is never written to, so it can serve again. */
  private record Copied(@Nullable Stamp stamp, Path copy) {}

  /**
   * @param dir for the copies; what a node before this one left there is removed
   * @param base what relative entries start from
   * @param entries jars, folders and globs; see {@link ClassPath#of}
   * @param startClasses further classes that workers load: on-start, on-failure
   */
  public CodeStore(Path dir, Path base, List<String> entries, List<String> startClasses)
      throws IOException {
    this.dir = dir;
    this.base = base;
    this.entries = List.copyOf(entries);
    this.startClasses = List.copyOf(startClasses);
    removeTree(dir);
    Files.createDirectories(dir);
  }

  /** Whether there is a class path that can change. */
  boolean copies() {
    return !entries.isEmpty();
  }

  /** How the class path looks now. */
  Fingerprint look() {
    return Fingerprint.of(base, entries);
  }

  /**
   * Copies the class path as it is now.
   *
   * @throws JobyardException if it cannot be used, with the reason; nothing of the copy is left
   */
  public Generation take(int number) {
    Path own = dir.resolve(Integer.toString(number));
    try {
      Files.createDirectories(own);
      return take(number, own);
    } catch (IOException | UncheckedIOException e) {
      remove(own);
      throw new JobyardException("the class path could not be copied: " + e, e);
    } catch (RuntimeException e) {
      remove(own);
      throw e;
    }
  }

  private Generation take(int number, Path own) throws IOException {
    Fingerprint before = look();
    ClassPath source = ClassPath.of(base, entries);
    List<Path> jobs = copies() ? copyAll(source.jobs(), own) : source.jobs();
    if (!before.equals(look())) {
      throw new JobyardException("classpath: files changed while they were copied");
    }
    KindIndex kinds = KindScan.of(jobs);
    ClassVersions.check(jobs, Stream.concat(kinds.classNames().stream(), startClasses.stream()));
    var generation = Generation.of(number, own, source.with(jobs), kinds);
    Files.write(generation.kindsFile(), kinds.toJson());
    return generation;
  }

  private List<Path> copyAll(List<Path> sources, Path own) throws IOException {
    List<Path> copies = new ArrayList<>();
    Map<Path, Copied> made = new HashMap<>();
    for (Path source : sources) {
      // Numbered, since two folders may hold jars of the same name.
      Path copy = own.resolve("%03d-%s".formatted(copies.size(), source.getFileName()));
      if (Files.isDirectory(source)) {
        Path jar = copy.resolveSibling(copy.getFileName() + ".jar");
        Jars.pack(source, jar);
        copies.add(jar);
      } else {
        made.put(source, copy(source, copy));
        if (BootJar.is(copy)) {
          copies.addAll(BootJar.unpack(copy, copy.resolveSibling(copy.getFileName() + ".d")));
        } else {
          copies.add(copy);
        }
      }
    }
    latest = made;
    return copies;
  }

  private Copied copy(Path source, Path copy) throws IOException {
    Stamp stamp = Stamp.of(source);
    Copied before = latest.get(source);
    if (before != null && before.stamp != null && before.stamp.equals(stamp)) {
      try {
        Files.createLink(copy, before.copy);
        return new Copied(stamp, copy);
      } catch (IOException | UnsupportedOperationException e) {
        LOG.debug("no link to the copy of {}, copied again: {}", source, e.toString());
      }
    }
    Files.copy(source, copy);
    Jars.check(copy, source);
    return new Copied(stamp, copy);
  }

  /** Removes what is a generation's own; its workers have left. */
  void remove(Generation generation) {
    remove(generation.dir());
  }

  private static void remove(Path folder) {
    try {
      removeTree(folder);
    } catch (IOException e) {
      LOG.warn("could not remove {}: {}", folder, e.toString());
    }
  }

  private static void removeTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
