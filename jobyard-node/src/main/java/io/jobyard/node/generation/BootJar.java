package io.jobyard.node.generation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * A jar as Spring Boot packs it: classes and whole jars inside a jar, where no plain class loader
 * looks. Unpacked, it is an ordinary class path.
 */
final class BootJar {
  private static final String CLASSES = "BOOT-INF/classes/";
  private static final String LIBRARIES = "BOOT-INF/lib/";
  private static final String ORDER = "BOOT-INF/classpath.idx";
  private static final Pattern ORDER_LINE = Pattern.compile("- \"(.+)\"");

  private BootJar() {}

  static boolean is(Path file) throws IOException {
    try (var jar = new JarFile(file.toFile(), false)) {
      Manifest manifest = jar.getManifest();
      return manifest != null
          && manifest.getMainAttributes().getValue(new Attributes.Name("Spring-Boot-Classes"))
              != null;
    }
  }

  /** Unpacks it into a folder; what comes of it, in the order of the class path. */
  static List<Path> unpack(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> unpacked = new ArrayList<>();
    try (var jar = new JarFile(file.toFile(), false)) {
      Path classes = folder.resolve("classes.jar");
      packClasses(jar, classes);
      unpacked.add(classes);
      for (String library : libraries(jar)) {
        Path copy = folder.resolve(Path.of(library).getFileName());
        try (InputStream in = jar.getInputStream(jar.getEntry(library))) {
          Files.copy(in, copy);
        }
        unpacked.add(copy);
      }
    }
    return unpacked;
  }

  private static void packClasses(JarFile jar, Path classes) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(classes))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (ZipEntry entry : entries(jar, CLASSES)) {
        var copy = new ZipEntry(entry.getName().substring(CLASSES.length()));
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        try (InputStream in = jar.getInputStream(entry)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }

  /** In the order that Spring Boot would load them in; those it does not name come last. */
  private static List<String> libraries(JarFile jar) throws IOException {
    List<String> there = new ArrayList<>();
    entries(jar, LIBRARIES).forEach(entry -> there.add(entry.getName()));
    List<String> ordered = new ArrayList<>();
    ZipEntry order = jar.getEntry(ORDER);
    if (order != null) {
      try (InputStream in = jar.getInputStream(order)) {
        ORDER_LINE
            .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .results()
            .map(line -> line.group(1))
            .filter(there::contains)
            .forEach(ordered::add);
      }
    }
    there.removeAll(ordered);
    ordered.addAll(there);
    return ordered;
  }

  private static List<? extends ZipEntry> entries(JarFile jar, String below) {
    return jar.stream()
        .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(below))
        .toList();
  }
}
