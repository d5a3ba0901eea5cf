package io.jobyard.scenarios;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The signals of the operating system. */
enum Signal {
  TERM,
  KILL,
  STOP,
  CONT;

  /** Stops a process and waits until every thread of it stands still; that may take a while. */
  static void freeze(long pid) {
    STOP.send(pid);
    await("process " + pid + " to stand still")
        .pollInterval(1, MILLISECONDS)
        .until(() -> still(pid));
  }

  private static boolean still(long pid) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    if (!Files.isDirectory(tasks)) {
      return true; // no Linux: nothing is known
    }
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
    } catch (NoSuchFileException e) {
      return false; // a thread ended meanwhile
    }
    return true;
  }

  /** Sends it; false if there is no such process any more. */
  boolean send(long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
              .redirectErrorStream(true)
              .start();
      kill.getInputStream().readAllBytes();
      return kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while sending " + this + " to " + pid, e);
    }
  }
}
