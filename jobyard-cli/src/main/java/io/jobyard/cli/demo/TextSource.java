package io.jobyard.cli.demo;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the text comes from: the file somebody named, or else the documentation and sources of
 * Jobyard itself, which lie beside a built distribution and around a built clone.
 */
final class TextSource {
  /** A page that is surely Jobyard's, so that nobody else's documents are read. */
  private static final String PAGE = "docs/configuration.md";

  /** From a jar in lib, or in a module's target/dist/lib, up to the folder with docs. */
  private static final int STEPS = 6;

  /** What is read as a whole is no larger. */
  private static final long LARGEST = 256L * 1024 * 1024;

  private TextSource() {}

  static Text of(@Nullable Path file) {
    return file == null ? own() : named(file);
  }

  private static Text named(Path file) {
    InputBytes.requireFile(file);
    try {
      if (Files.size(file) > LARGEST) {
        throw new JobyardException(
            "%s: has %,d bytes; the demo reads at most %,d"
                .formatted(file, Files.size(file), LARGEST));
      }
    } catch (IOException e) {
      throw InputBytes.unreadable(file, e);
    }
    return new Text(List.of(file));
  }

  private static Text own() {
    Path folder = home();
    List<Path> files = folder == null ? List.of() : texts(folder);
    if (files.isEmpty()) {
      throw new JobyardException(
          "Jobyard's own documentation is not beside its jar; name a text with --text FILE");
    }
    return new Text(files);
  }

  private static @Nullable Path home() {
    CodeSource code = TextSource.class.getProtectionDomain().getCodeSource();
    if (code == null) {
      return null;
    }
    try {
      Path folder = Path.of(code.getLocation().toURI());
      for (int step = 0; step < STEPS && folder != null; step++) {
        folder = folder.getParent();
        if (folder != null && Files.exists(folder.resolve(PAGE))) {
          return folder;
        }
      }
      return null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static List<Path> texts(Path folder) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(folder, new Texts(folder, files));
    } catch (IOException e) {
      throw InputBytes.unreadable(folder, e);
    }
    Collections.sort(files);
    return files;
  }

  /** Finds documentation and sources; built and hidden folders are left alone. */
  private static final class Texts extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Path> found;

    Texts(Path root, List<Path> found) {
      this.root = root;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      boolean skipped = !folder.equals(root) && (name.startsWith(".") || name.equals("target"));
      return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      if (attributes.size() > 0 && (name.endsWith(".md") || name.endsWith(".java"))) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
