package io.jobyard.cli;

/** The arguments do not fit together; ends with exit code 2. */
final class WrongUse extends RuntimeException {
  WrongUse(String message) {
    super(message);
  }
}
