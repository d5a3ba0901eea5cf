package io.jobyard.node.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a folder from filling with what dead workers leave. */
final class Latest {
  private static final Logger LOG = LoggerFactory.getLogger(Latest.class);

  private Latest() {}

  /**
   * Removes all but the latest files of a folder whose names match; what cannot be removed stays.
   *
   * @param glob as {@link Files#newDirectoryStream(Path, String)} takes it
   */
  static void keep(Path folder, String glob, int count) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, glob)) {
      matching.forEach(files::add);
      files.sort(Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed());
      for (Path old : files.subList(Math.min(count, files.size()), files.size())) {
        Files.deleteIfExists(old);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("could not remove old files in {}: {}", folder, e.getMessage());
    }
  }
}
