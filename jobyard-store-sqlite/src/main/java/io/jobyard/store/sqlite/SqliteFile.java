package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A database's file and the ones beside it: {@code -wal} and {@code -shm} are SQLite's, {@code
 * -jobyard} is the {@link SharedPage}. All but the first may be deleted while nobody uses the
 * database and it was closed in order.
 *
 * @param path absolute
 */
record SqliteFile(Path path) {
  private static final String SCHEME = "sqlite:";

  /** Whether the URL names such a file. */
  static boolean accepts(String url) {
    return url.startsWith(SCHEME);
  }

  /** The file of a URL {@code sqlite:FILE}, below the base folder unless absolute. */
  static SqliteFile of(String url, Path base) {
    String name = url.substring(SCHEME.length());
    if (name.isBlank()) {
      throw new JobyardException(
          "store: 'sqlite:' names no file; write sqlite:FILE, such as sqlite:jobyard.db");
    }
    return new SqliteFile(base.resolve(name).toAbsolutePath().normalize());
  }

  String url() {
    return SCHEME + path;
  }

  Path wal() {
    return beside("-wal");
  }

  Path shm() {
    return beside("-shm");
  }

  Path shared() {
    return beside("-jobyard");
  }

  Path folder() {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /** Refuses what cannot be a database before SQLite does so less clearly. */
  void check() {
    if (!Files.isDirectory(folder())) {
      throw new JobyardException(
          url() + ": the folder " + folder() + " does not exist; create it or name another file");
    }
    if (Files.isDirectory(path)) {
      throw new JobyardException(url() + ": this is a folder; name a file in it");
    }
  }

  private Path beside(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  @Override
  public String toString() {
    return url();
  }
}
