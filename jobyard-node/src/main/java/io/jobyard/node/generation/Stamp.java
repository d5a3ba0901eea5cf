package io.jobyard.node.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * By what a file is known again without reading it: one that was overwritten has another time or
 * size, one that was replaced another key.
 *
 * @param key the file system's own; null where it has none
 */
record Stamp(FileTime modified, long size, @Nullable Object key) {
  static Stamp of(BasicFileAttributes file) {
    return new Stamp(file.lastModifiedTime(), file.size(), file.fileKey());
  }

  /** Null if there is no such file. */
  static @Nullable Stamp of(Path file) {
    try {
      return of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (IOException e) {
      return null;
    }
  }
}
