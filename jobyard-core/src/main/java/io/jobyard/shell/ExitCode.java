package io.jobyard.shell;

import java.util.Map;

/** What an exit code says. */
final class ExitCode {
  private static final int SIGNALLED = 128;
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(6, "SIGABRT"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"));

  private ExitCode() {}

  /** Java cannot tell a signal from a program that exits with such a code by itself. */
  static String described(int code) {
    String signal = SIGNALS.get(code - SIGNALLED);
    return "exit code " + code + (signal == null ? "" : ", as " + signal + " leaves");
  }
}
