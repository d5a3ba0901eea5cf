package io.jobyard.shell;

import io.jobyard.Shell;
import io.jobyard.ShellFailed;
import io.jobyard.run.LineFeed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a program, from its start until nothing of it is left. The job's thread waits and may
 * be interrupted; a platform thread starts the program, on whose life the program's own depends,
 * and reads what it prints; another writes its input.
 *
 * <p>A run ends when the program does: what it left running, in the background or with the pipe
 * still open, is killed then. So a program that closes its output is waited for, and one that
 * leaves it open to others is not.
 */
final class ProgramRun {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);

  /** What is kept of the output, in bytes. */
  static final int MOST_OUTPUT = 64 * 1024;

  private static final int MESSAGE_LINES = 10;
  private static final int MESSAGE_CHARS = 2_000;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final Duration LONGEST_TERM = Duration.ofSeconds(5);

  private final Approved approved;
  private final Duration killGrace;
  private final Tail tail = new Tail(MOST_OUTPUT);
  private final LineFeed lines;
  private final CompletableFuture<Process> started = new CompletableFuture<>();

  /**
   * @param killGrace how long the worker waits for a run that it has interrupted
   * @param log takes the lines that are printed
   */
  ProgramRun(Approved approved, Duration killGrace, Consumer<String> log) {
    this.approved = approved;
    this.killGrace = killGrace;
    this.lines = new LineFeed(log);
  }

  /**
   * Runs the program to its end.
   *
   * @param command with the launcher's steps before it
   * @param pid is told the process
   * @throws ShellFailed if it cannot be started, or its exit code is not 0
   */
  Shell.Result run(List<String> command, Census census, LongConsumer pid)
      throws ShellFailed, InterruptedException {
    Thread reader =
        Thread.ofPlatform().daemon().name("jobyard-program").start(() -> startAndRead(command));
    Process process = awaitStart();
    pid.accept(process.pid());
    ProcessTree tree = new ProcessTree(process, census);
    try {
      process.onExit().get();
    } catch (InterruptedException e) {
      tree.end(termGrace(), patience());
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      tree.kill(patience());
      finish(reader);
    }
    return result(process.exitValue());
  }

  private void startAndRead(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(approved.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(approved.env());
    builder.redirectErrorStream(true);
    Process process;
    try {
      process = builder.start();
    } catch (IOException | RuntimeException e) {
      started.completeExceptionally(e);
      return;
    }
    started.complete(process);
    Thread.ofPlatform().daemon().name("jobyard-program-input").start(() -> write(process));
    read(process.getInputStream());
    // The program dies with the thread that started it: see Launcher.
    process.onExit().join();
  }

  private void write(Process process) {
    try (OutputStream input = process.getOutputStream()) {
      input.write(approved.input());
    } catch (IOException e) {
      LOG.debug("program {} did not read all of its input: {}", approved.program(), e.getMessage());
    }
  }

  private void read(InputStream output) {
    byte[] chunk = new byte[16 * 1024];
    try {
      for (int count = output.read(chunk); count >= 0; count = output.read(chunk)) {
        tail.write(chunk, count);
        lines.write(chunk, 0, count);
      }
    } catch (IOException e) {
      LOG.debug("the output of {} broke off: {}", approved.program(), e.getMessage());
    }
  }

  /** Also when interrupted meanwhile: a program that has started must be known, to be ended. */
  private Process awaitStart() throws ShellFailed {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return started.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new ShellFailed(
              approved.program() + " could not be started: " + e.getMessage(), -1);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void finish(Thread reader) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!reader.join(LAST_WORDS)) {
        LOG.warn(
            "somebody still holds the output of {}; what comes there is not read",
            approved.program());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    lines.flush();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration termGrace() {
    Duration half = killGrace.dividedBy(2);
    return half.compareTo(LONGEST_TERM) < 0 ? half : LONGEST_TERM;
  }

  /** Past it, whoever started this worker ends what is left. */
  private Duration patience() {
    return killGrace.plus(LAST_WORDS);
  }

  private Shell.Result result(int exit) throws ShellFailed {
    String output = tail.text();
    if (exit != 0) {
      throw new ShellFailed(failure(exit, output), exit);
    }
    return new Shell.Result(exit, output, tail.count());
  }

  private String failure(int exit, String output) {
    List<String> said = output.lines().toList();
    String last =
        String.join("\n", said.subList(Math.max(0, said.size() - MESSAGE_LINES), said.size()));
    String shown = last.substring(Math.max(0, last.length() - MESSAGE_CHARS));
    return approved.program()
        + " ended with "
        + ExitCode.described(exit)
        + (shown.isBlank() ? "; it printed nothing" : "; it printed last:\n" + shown);
  }
}
