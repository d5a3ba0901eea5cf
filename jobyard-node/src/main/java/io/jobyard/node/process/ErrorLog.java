package io.jobyard.node.process;

import io.jobyard.node.process.Remains.ErrorFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the head of the log that a crashed JVM leaves (hs_err_PID.log). */
final class ErrorLog {
  private static final int HEAD_LINES = 40;

  private ErrorLog() {}

  /** Null if there is no such file. */
  static @Nullable ErrorFile read(Path file) {
    if (!Files.exists(file)) {
      return null;
    }
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      var head = new ArrayList<String>();
      for (String line = reader.readLine();
          line != null && head.size() < HEAD_LINES;
          line = reader.readLine()) {
        head.add(line);
      }
      return new ErrorFile(file.toString(), headline(head));
    } catch (IOException e) {
      return new ErrorFile(file.toString(), "no more is known, its error log cannot be read");
    }
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
