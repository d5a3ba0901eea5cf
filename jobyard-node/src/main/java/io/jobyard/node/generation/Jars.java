package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Jars as files: whether one is whole, and making one of a folder whose class files are. */
final class Jars {
  /** Any moment will do, as long as it is always the same. */
  private static final long ENTRY_TIME = 1_000_000_000_000L;

  private Jars() {}

  /**
   * Reads all of it: the directory at its end, and each entry against its checksum. A jar that was
   * overwritten in its middle still opens.
   *
   * @param source what to call it
   * @throws JobyardException if it is not whole
   */
  static void check(Path jar, Path source) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).toList()) {
        var sum = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
        if (sum.getValue() != entry.getCrc()) {
          throw notWhole(source, new ZipException(entry.getName() + " is damaged"));
        }
      }
    } catch (ZipException e) {
      throw notWhole(source, e);
    } catch (EOFException e) {
      throw notWhole(source, new ZipException("it ends too early"));
    }
  }

  private static JobyardException notWhole(Path source, ZipException e) {
    return new JobyardException(
        "classpath: %s is not a whole jar (%s); is it still being written?"
            .formatted(source, e.getMessage()),
        e);
  }

  /**
   * Packs a folder's files into a jar, uncompressed: it is for this machine, and soon gone.
   *
   * @throws JobyardException if a class file of it is not whole
   */
  static void pack(Path folder, Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files(folder)) {
        var entry = new JarEntry(folder.relativize(file).toString());
        entry.setTime(ENTRY_TIME);
        out.putNextEntry(entry);
        if (isClass(file)) {
          out.write(whole(file));
        } else {
          Files.copy(file, out);
        }
        out.closeEntry();
      }
    }
  }

  /**
   * Reads all class files of a folder.
   *
   * @throws JobyardException if one is not whole
   */
  static void checkFolder(Path folder) throws IOException {
    for (Path file : files(folder)) {
      if (isClass(file)) {
        var unused = whole(file);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What a class file holds. Nothing has its checksum, as jars have, so it is looked into. */
  private static byte[] whole(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!ClassFile.isWhole(bytes)) {
      throw new JobyardException(
          "classpath: %s is not a whole class file; is it still being written? Otherwise build it anew"
              .formatted(file));
    }
    return bytes;
  }

  private static boolean isClass(Path file) {
    return file.toString().endsWith(".class");
  }
}
