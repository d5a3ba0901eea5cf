package io.jobyard.shell;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the audit's lines: one for each refusal, and two for each run. Must not block for long. */
@FunctionalInterface
public interface Audit {
  /** The logger that a node writes to {@code audit.log}. */
  String LOGGER = "jobyard.audit";

  /** One line, already free of control characters. */
  void line(String line);

  /** Straight to the logger. */
  static Audit toLog() {
    Logger log = LoggerFactory.getLogger(LOGGER);
    return log::info;
  }
}
