package io.jobyard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the system says of a process. Memory is known on Linux only. */
final class ProcStat {
  private static final String RESIDENT = "VmRSS:";
  private static final double KIB_IN_MB = 1024;

  private ProcStat() {}

  /** Its processor time so far. */
  static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The memory it holds now, in MB; zero where the system does not say. */
  static double residentMb(ProcessHandle process) {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_IN_MB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("the process ended while it was looked at", e);
    }
  }
}
