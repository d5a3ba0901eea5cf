package io.jobyard.node.process;

import io.jobyard.FailureType;
import io.jobyard.node.process.Remains.ErrorFile;
import io.jobyard.run.Blame;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Of what did a worker die? A pure function of its remains. It claims no more than is known: Java's
 * exit code 137 may be a signal or an exit.
 */
final class Autopsy {
  /** What -XX:+ExitOnOutOfMemoryError prints before it exits with code 3. */
  private static final String OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError";

  private static final int SIGNALLED = 128;
  private static final int SIGKILL = 9;
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 8, "SIGFPE", 9,
          "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

  private Autopsy() {}

  /** Whom to blame; null if it left because it lost its manager or its leases. */
  static @Nullable Blame blame(Remains remains) {
    String memory = outOfMemory(remains);
    if (memory != null) {
      return blame(remains, FailureType.OUT_OF_MEMORY, memory);
    }
    ErrorFile errors = remains.errorFile();
    if (errors != null) {
      return blame(
          remains,
          FailureType.CRASH,
          "the worker's JVM crashed: " + errors.headline() + "; its error log is " + errors.path());
    }
    return switch (remains.farewell()) {
      case ORPHANED -> null;
      case EXITED ->
          blame(
              remains,
              FailureType.CRASH,
              "the worker exited with code " + remains.exitCode() + ": System.exit was called");
      case SIGNALLED ->
          blame(
              remains,
              FailureType.KILLED,
              "the worker was ended from outside by " + signal(remains.exitCode() - SIGNALLED));
      case NONE -> silent(remains);
    };
  }

  private static Blame silent(Remains remains) {
    int code = remains.exitCode();
    int signal = code - SIGNALLED;
    String name = SIGNALS.get(signal);
    if (name == null) {
      return blame(
          remains, FailureType.CRASH, "the worker exited with code " + code + " (Runtime.halt)");
    }
    return switch (signal) {
      case SIGKILL ->
          blame(
              remains,
              FailureType.KILLED,
              "the worker died with exit code 137: SIGKILL (kill -9, or the kernel's out-of-memory"
                  + " killer), or a halt(137) by the job");
      case 4, 6, 8, 11 ->
          blame(
              remains,
              FailureType.CRASH,
              "the worker died with exit code " + code + ": " + name + ", without an error log");
      default ->
          blame(
              remains,
              FailureType.KILLED,
              "the worker died with exit code "
                  + code
                  + ": "
                  + name
                  + ", or a halt("
                  + code
                  + ") by the job");
    };
  }

  private static @Nullable String outOfMemory(Remains remains) {
    for (String line : remains.output()) {
      int at = line.indexOf(OUT_OF_MEMORY);
      if (at >= 0) {
        String what = line.substring(at + OUT_OF_MEMORY.length()).replaceFirst("^: *", "");
        return "the worker ran out of memory"
            + (what.isEmpty() ? "" : " (" + what + ")")
            + "; raise the queue's memory or let the job need less"
            + (remains.heapDump() == null ? "" : "; its heap is in " + remains.heapDump());
      }
    }
    return null;
  }

  private static String signal(int number) {
    return SIGNALS.getOrDefault(number, "signal " + number);
  }

  private static Blame blame(Remains remains, FailureType type, String message) {
    return new Blame(type, message, lastWords(remains), remains.pid());
  }

  /** What it printed, then what the JVM wrote of its crash. */
  private static String lastWords(Remains remains) {
    ErrorFile errors = remains.errorFile();
    Stream<String> log =
        errors == null
            ? Stream.of()
            : Stream.concat(
                Stream.of("---- " + errors.path() + " ----"), errors.excerpt().stream());
    return Stream.concat(remains.output().stream(), log).collect(Collectors.joining("\n"));
  }
}
