package io.jobyard.node;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A node's folders: the run directory, which stays, with the pid file and what workers leave; and a
 * short-lived private one for sockets, whose paths may not be longer than some hundred characters.
 */
record RunDir(Path dir, Path sockets) {
  private static final int LONGEST_TEMP = 60;

  /** Only this user may enter either. */
  static RunDir create(Path dir) {
    try {
      Files.createDirectories(dir);
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(workers(dir));
    } catch (IOException e) {
      throw new JobyardException(
          "run-dir: " + dir + " cannot be used (" + e + "); make it writable or choose another", e);
    }
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    Path parent = temp.toString().length() <= LONGEST_TEMP ? temp : Path.of("/tmp");
    try {
      return new RunDir(dir, Files.createTempDirectory(parent, "jobyard-"));
    } catch (IOException e) {
      throw new JobyardException("no folder for sockets can be made in " + parent + ": " + e, e);
    }
  }

  private static Path workers(Path dir) {
    return dir.resolve("workers");
  }

  Path workers() {
    return workers(dir);
  }

  /** For the tables that the node's processes share. */
  Path tables() {
    return dir.resolve("tables");
  }

  /** For the copies of the class path. */
  Path generations() {
    return dir.resolve("generations");
  }

  void removeSockets() throws IOException {
    Files.walkFileTree(
        sockets,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
