package io.jobyard;

/** The program of a {@link Shell} job could not be started, or ended with another code than 0. */
public final class ShellFailed extends Exception {
  private final int exitCode;

  /**
   * @param exitCode as the system gave it; -1 for a program that could not be started
   */
  public ShellFailed(String message, int exitCode) {
    // Where Jobyard itself stood when a program failed tells nobody anything.
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
