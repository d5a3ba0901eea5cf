package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether this Java can load a class at all. Without a look, a jar built for a newer one would come
 * up well, and then fail every job.
 */
final class ClassVersions {
  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java N have the version N + 44. */
  private static final int OFFSET = 44;

  private ClassVersions() {}

  /**
   * @param classNames those that workers load; one that is not there is not this check's business
   * @throws JobyardException if one is too new, or no class file
   */
  static void check(List<Path> jars, Stream<String> classNames) throws IOException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    // Only for its search, which knows jars for several versions; it loads nothing.
    try (var search = new URLClassLoader(urls, null)) {
      for (String name : classNames.distinct().toList()) {
        try (InputStream in = search.getResourceAsStream(name.replace('.', '/') + ".class")) {
          if (in != null) {
            check(name, new DataInputStream(in));
          }
        }
      }
    }
  }

  private static void check(String name, DataInputStream in) throws IOException {
    int magic = in.readInt();
    in.readUnsignedShort();
    int java = in.readUnsignedShort() - OFFSET;
    int mine = Runtime.version().feature();
    if (magic != MAGIC) {
      throw new JobyardException("classpath: " + name + " is not a class file");
    }
    if (java > mine) {
      throw new JobyardException(
          "classpath: %s is compiled for Java %d, and this node runs on %d; build it with --release %d"
              .formatted(name, java, mine, mine));
    }
  }
}
