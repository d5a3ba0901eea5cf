package io.jobyard.node.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** An application in one jar, compiled here, that exists in any number of versions. */
public final class Variant {
  private static final String WORK =
      """
      package app;

      import io.jobyard.*;
      import java.nio.ByteBuffer;
      import java.nio.channels.FileChannel;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.nio.file.StandardOpenOption;

      @Kind("versioned")
      public record Work(String file, long pushed, int millis) implements Job {
        @Override
        public void run(JobContext job) throws Exception {
          long waited = System.nanoTime() - pushed;
          String line = job.id() + " VERSION " + ProcessHandle.current().pid() + " " + waited + "\\n";
          try (var out = FileChannel.open(
              Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(ByteBuffer.wrap(line.getBytes()));
          }
          Thread.sleep(Math.max(0, millis));
          while (millis < 0 && !Files.exists(Path.of(file + ".go"))) {
            Thread.sleep(10);
          }
        }
      }
      """;

  private static final String BOOT =
      """
      package app;

      import io.jobyard.*;

      public final class Boot implements OnStart {
        @Override
        public void start(Services services) throws Exception {
          STATEMENT
        }
      }
      """;

  private Variant() {}

  /** Its classes, by their paths. */
  public static Map<String, byte[]> classes(String version, String bootStatement, int release) {
    try {
      Path dir = Files.createTempDirectory("variant");
      Path work = dir.resolve("app/Work.java");
      Path boot = dir.resolve("app/Boot.java");
      Files.createDirectories(work.getParent());
      Files.writeString(work, WORK.replace("VERSION", version));
      Files.writeString(boot, BOOT.replace("STATEMENT", bootStatement));
      JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
      int failed =
          javac.run(
              null,
              null,
              null,
              "-proc:none",
              "-parameters",
              "--release",
              Integer.toString(release),
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              dir.toString(),
              work.toString(),
              boot.toString());
      if (failed != 0) {
        throw new AssertionError("version " + version + " does not compile");
      }
      Map<String, byte[]> classes = new TreeMap<>();
      for (String name : List.of("app/Work.class", "app/Boot.class")) {
        classes.put(name, Files.readAllBytes(dir.resolve(name)));
      }
      try (Stream<Path> files = Files.walk(dir).sorted(Comparator.reverseOrder())) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A jar of a version whose on-start does nothing. */
  public static byte[] jar(String version) {
    return Zip.of(classes(version, "", 21));
  }

  /** A jar whose on-start is this statement. */
  public static byte[] jar(String version, String bootStatement) {
    return Zip.of(classes(version, bootStatement, 21));
  }
}
