package io.jobyard.cli.demo;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.config.Configs;
import io.jobyard.config.Configurer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The demo's own folder: configuration, store, logs. Closing it removes it unless it is kept; twice
 * is harmless.
 */
final class DemoFolder implements AutoCloseable {
  private final Path path;
  private final boolean kept;

  private DemoFolder(Path path, boolean kept) {
    this.path = path;
    this.kept = kept;
  }

  static DemoFolder make(@Nullable Path dir, boolean keep) {
    try {
      DemoFolder folder =
          dir == null
              ? new DemoFolder(Files.createTempDirectory("jobyard-demo-"), keep)
              : new DemoFolder(empty(dir), true);
      folder.writeConfig();
      return folder;
    } catch (IOException e) {
      throw new JobyardException(
          "the demo's folder cannot be made: %s; name another with --dir".formatted(e), e);
    }
  }

  private static Path empty(Path dir) throws IOException {
    Files.createDirectories(dir);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
      if (files.iterator().hasNext()) {
        throw new JobyardException(
            "--dir " + dir + ": is not empty; the demo needs a new or an empty folder");
      }
    }
    return dir.toAbsolutePath();
  }

  private void writeConfig() throws IOException {
    try (InputStream in = DemoFolder.class.getResourceAsStream(Configs.FILE)) {
      if (in == null) {
        throw new JobyardException("the demo's configuration is missing in Jobyard's jar");
      }
      Files.copy(in, path.resolve(Configs.FILE));
    }
  }

  /** As its file says; the environment may name a store that the demo must not touch. */
  Config config() {
    return new Configurer().from(path).environment(Map.of()).httpPort(0).build();
  }

  /** Where it is, if it stays. */
  @Nullable Path kept() {
    return kept ? path : null;
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try {
      Files.walkFileTree(path, new Removal());
    } catch (NoSuchFileException e) {
      return; // removed before
    } catch (IOException e) {
      throw new UncheckedIOException("the demo's folder " + path + " could not be removed", e);
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
