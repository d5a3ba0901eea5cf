package io.jobyard.cli;

/** Where the JVM starts. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code: 0 done, 1 failed, 2 wrong use. */
  public static void main(String[] arguments) {
    int code = new Cli(Shell.ofProcess()).run(arguments);
    System.exit(code);
  }
}
