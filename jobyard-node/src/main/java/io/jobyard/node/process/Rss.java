package io.jobyard.node.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process holds, in bytes; 0 where that cannot be found out. */
final class Rss {
  private Rss() {}

  static long of(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      if (Files.exists(status)) {
        return fromProc(Files.readString(status));
      }
      return fromPs(pid);
    } catch (IOException | NumberFormatException e) {
      return 0; // it ended just now
    }
  }

  private static long fromProc(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  private static long fromPs(long pid) throws IOException {
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
    try (var out = ps.getInputStream()) {
      String kilobytes = new String(out.readAllBytes(), StandardCharsets.US_ASCII).strip();
      return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) * 1024;
    }
  }
}
