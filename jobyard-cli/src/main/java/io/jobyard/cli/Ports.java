package io.jobyard.cli;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a port can be listened on now, or once a node has stopped that holds it.
 *
 * @param freeing that node's pid; empty if none runs
 */
record Ports(OptionalLong freeing) {
  private static final Path PROC = Path.of("/proc");

  /** A listening socket, as /proc/net/tcp has it. */
  private static final String LISTENS = "0A";

  private static final int ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  /**
   * Listens for a moment.
   *
   * @param section of jobyard.yaml, for the message
   * @throws JobyardException if that fails, and not because of the node that will free it
   */
  void check(String section, String host, int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getByName(host)).close();
    } catch (IOException e) {
      if (freeing.isEmpty() || !heldBy(freeing.getAsLong(), port)) {
        throw new JobyardException(
            "%s: port %d of %s is taken or not to be had: %s; choose another with %s.port or --%s"
                .formatted(section, port, host, e.getMessage(), section, section),
            e);
      }
    }
  }

  /** Where a system does not tell who holds a port, it may be the node. */
  private static boolean heldBy(long pid, int port) {
    try {
      Set<String> listening = new HashSet<>();
      for (String table : List.of("net/tcp", "net/tcp6")) {
        if (Files.exists(PROC.resolve(table))) {
          addListening(PROC.resolve(table), port, listening);
        }
      }
      return holdsOne(PROC.resolve(Long.toString(pid)).resolve("fd"), listening);
    } catch (IOException e) {
      return true;
    }
  }

  private static void addListening(Path table, int port, Set<String> sockets) throws IOException {
    String end = ":%04X".formatted(port);
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length > INODE
          && columns[ADDRESS].endsWith(end)
          && columns[STATE].equals(LISTENS)) {
        sockets.add("socket:[" + columns[INODE] + "]");
      }
    }
  }

  private static boolean holdsOne(Path files, Set<String> sockets) throws IOException {
    List<Path> open;
    try (Stream<Path> list = Files.list(files)) {
      open = list.toList();
    }
    for (Path file : open) {
      if (Files.isSymbolicLink(file) && sockets.contains(target(file))) {
        return true;
      }
    }
    return false;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed just now
    }
  }
}
