package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a class path looks at a moment: every file below it with its {@link Stamp}. Two that are
 * equal mean that nothing has changed in between.
 *
 * @param missing what of it is not there, in words; empty if all is
 */
record Fingerprint(Map<Path, Stamp> files, String missing) {
  Fingerprint {
    files = Map.copyOf(files);
  }

  /** Of configured entries; globs are resolved anew each time. */
  static Fingerprint of(Path base, List<String> entries) {
    List<Path> paths;
    try {
      paths = entries.isEmpty() ? List.of() : ClassPath.of(base, entries).jobs();
    } catch (JobyardException e) {
      return new Fingerprint(Map.of(), String.valueOf(e.getMessage()));
    }
    Map<Path, Stamp> files = new HashMap<>();
    for (Path path : paths) {
      addAll(path, files);
    }
    return new Fingerprint(files, "");
  }

  private static void addAll(Path path, Map<Path, Stamp> files) {
    try {
      Files.walkFileTree(
          path,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              files.put(file, Stamp.of(attributes));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // it went away just now: the next look differs
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
