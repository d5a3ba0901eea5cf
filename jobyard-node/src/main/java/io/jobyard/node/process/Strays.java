package io.jobyard.node.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Ends the processes that a worker's jobs started and left. On Linux they are known by a mark in
 * their environment, which they inherit, so that those whose parent died are found too; elsewhere
 * only those seen as descendants before the worker died.
 */
final class Strays {
  /** The environment variable that marks everything a worker starts. */
  static final String MARK = "JOBYARD_WORKER";

  private static final Path PROC = Path.of("/proc");
  private static final int ROUNDS = 10;

  private final String tag;
  private final byte[] entry;

  /**
   * @param tag the value of {@link #MARK} in the worker's environment
   */
  Strays(String tag) {
    this.tag = tag;
    this.entry = (MARK + "=" + tag + "\0").getBytes(StandardCharsets.UTF_8);
  }

  String tag() {
    return tag;
  }

  /** Kills them, and those they start meanwhile. */
  void kill(Collection<ProcessHandle> known) {
    known.forEach(ProcessHandle::destroyForcibly);
    List<ProcessHandle> marked = marked();
    for (int round = 0; !marked.isEmpty() && round < ROUNDS; round++) {
      marked.forEach(ProcessHandle::destroyForcibly);
      marked = marked();
    }
  }

  private List<ProcessHandle> marked() {
    var found = new ArrayList<ProcessHandle>();
    if (!Files.isDirectory(PROC)) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (isMarked(process)) {
          handle(process).filter(ProcessHandle::isAlive).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not list the processes in " + PROC, e);
    }
    return found;
  }

  private static Optional<ProcessHandle> handle(Path process) {
    return ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
  }

  private boolean isMarked(Path process) {
    byte[] environment;
    try {
      environment = Files.readAllBytes(process.resolve("environ"));
    } catch (IOException e) {
      return false; // another user's, or gone meanwhile
    }
    outer:
    for (int at = 0; at + entry.length <= environment.length; at++) {
      for (int i = 0; i < entry.length; i++) {
        if (environment[at + i] != entry[i]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }
}
