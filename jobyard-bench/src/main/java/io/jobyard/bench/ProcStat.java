package io.jobyard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the system says of a process. Memory and connections are known on Linux only. */
final class ProcStat {
  private static final String RESIDENT = "VmRSS:";
  private static final double KIB_IN_MB = 1024;

  /** Columns of the system's table of connections, and a state in it. */
  private static final int STATE = 3;

  private static final int SOCKET = 9;
  private static final String ESTABLISHED = "01";

  /** In the system's line about a process, behind its name; in ticks, always 100 a second. */
  private static final int ENDED_USER = 13;

  private static final int ENDED_SYSTEM = 14;
  private static final long TICK_MS = 10;

  private ProcStat() {}

  /** Its processor time so far. */
  static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The same of those of its children that have ended; zero where the system does not say. */
  static Duration cpuOfEnded(ProcessHandle process) {
    return read(process, "stat")
        .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" "))
        .map(rest -> Long.parseLong(rest[ENDED_USER]) + Long.parseLong(rest[ENDED_SYSTEM]))
        .map(ticks -> Duration.ofMillis(ticks * TICK_MS))
        .orElse(Duration.ZERO);
  }

  /** Its command line, as far as the system says: Java itself tells none of over a page. */
  static List<String> command(ProcessHandle process) {
    return read(process, "cmdline")
        .map(text -> text.split("\0"))
        .or(() -> process.info().arguments())
        .map(List::of)
        .orElse(List.of());
  }

  /** How many TCP connections it has; for a node, those to the store. Zero where not known. */
  static int connections(ProcessHandle process) {
    Set<String> established =
        Stream.of("net/tcp", "net/tcp6")
            .flatMap(table -> read(process, table).stream())
            .flatMap(String::lines)
            .map(row -> row.strip().split(" +"))
            .filter(row -> row.length > SOCKET && row[STATE].equals(ESTABLISHED))
            .map(row -> "socket:[" + row[SOCKET] + "]")
            .collect(Collectors.toSet());
    try (Stream<Path> open = Files.list(proc(process).resolve("fd"))) {
      return (int) open.filter(file -> established.contains(target(file))).count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static Optional<String> read(ProcessHandle process, String file) {
    try {
      return Optional.of(Files.readString(proc(process).resolve(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path proc(ProcessHandle process) {
    return Path.of("/proc", Long.toString(process.pid()));
  }

  /** The memory it holds now, in MB; zero where the system does not say. */
  static double residentMb(ProcessHandle process) {
    Path status = proc(process).resolve("status");
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
