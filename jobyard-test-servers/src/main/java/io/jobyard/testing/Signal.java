package io.jobyard.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The signals of the operating system. */
public enum Signal {
  TERM,
  KILL,
  STOP,
  CONT;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(1);

  /** Stops a process and waits until every thread of it stands still; that may take a while. */
  public static void freeze(long pid) {
    long sent = System.nanoTime();
    STOP.send(pid);
    while (!still(pid)) {
      if (System.nanoTime() - sent > PATIENCE.toNanos()) {
        throw new IllegalStateException("process " + pid + " does not stand still");
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static boolean still(long pid) {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return true;
  }

  /** Sends it; false if there is no such process any more. */
  public boolean send(long pid) {
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
