package io.jobyard.faktory;

/** A command that is answered with an error; the message is for the client. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  private Refused(String code, String message) {
    super(message);
    this.code = code;
  }

  /** What was asked for cannot be done. */
  Refused(String message) {
    this("ERR", message);
  }

  /** What was said cannot be read. */
  static Refused malformed(String message) {
    return new Refused("MALFORMED", message);
  }

  Reply.Failed reply() {
    return new Reply.Failed(code, String.valueOf(getMessage()));
  }
}
