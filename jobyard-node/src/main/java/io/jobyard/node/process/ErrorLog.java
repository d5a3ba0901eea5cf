package io.jobyard.node.process;

import io.jobyard.node.process.Remains.ErrorFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log that a crashed JVM leaves (hs_err_PID.log): what happened, and in which frames; the
 * latest of these logs are kept.
 */
final class ErrorLog {
  private static final int MOST_LINES = 200;
  private static final int KEPT = 30;

  /** Clocks of file systems are coarse. */
  private static final Duration COARSE = Duration.ofSeconds(2);

  private ErrorLog() {}

  /**
   * Null if there is no such file.
   *
   * @param started when the process began: an older file is that of another one with its number
   */
  static @Nullable ErrorFile read(Path file, Instant started) {
    if (!Files.exists(file)) {
      return null;
    }
    Path folder = file.getParent();
    if (folder != null) {
      Latest.keep(folder, "hs_err_*.log", KEPT);
    }
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(started.minus(COARSE))) {
        return null;
      }
      List<String> excerpt = excerpt(reader);
      return new ErrorFile(file.toString(), headline(excerpt), excerpt);
    } catch (IOException e) {
      return new ErrorFile(
          file.toString(), "no more is known, its error log cannot be read", List.of());
    }
  }

  /** The comment at the top, then the thread that crashed and its frames, native and Java. */
  private static List<String> excerpt(BufferedReader reader) throws IOException {
    var excerpt = new ArrayList<String>();
    boolean thread = false;
    for (String line = reader.readLine();
        line != null && excerpt.size() < MOST_LINES && !line.startsWith("Registers:");
        line = reader.readLine()) {
      thread |= line.startsWith("Current thread");
      if (thread || line.startsWith("#")) {
        excerpt.add(line);
      }
    }
    return excerpt;
  }

  /** "SIGSEGV (0xb) at pc=…, in C [libc.so.6+0x91117]", from the comment lines at the top. */
  static String headline(List<String> head) {
    String what = "";
    String where = "";
    for (int i = 0; i < head.size(); i++) {
      String text = head.get(i).replaceFirst("^#\\s*", "").strip();
      if (what.isEmpty() && (text.startsWith("SIG") || text.startsWith("Internal Error"))) {
        what = text;
      }
      if (text.startsWith("Problematic frame") && i + 1 < head.size()) {
        where = head.get(i + 1).replaceFirst("^#\\s*", "").strip();
      }
    }
    if (what.isEmpty()) {
      return "a fatal error";
    }
    return where.isEmpty() ? what : what + ", in " + where;
  }
}
