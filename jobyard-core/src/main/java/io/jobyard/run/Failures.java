package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Writes failures: who, when, and stacks of a bearable length. */
final class Failures {
  private static final int MOST_STACK = 16 * 1024;
  private static final int MOST_MESSAGE = 4 * 1024;

  private final String node;
  private final long pid;
  private final InstantSource clock;

  Failures(String node, long pid, InstantSource clock) {
    this.node = node;
    this.pid = pid;
    this.clock = clock;
  }

  Failure thrown(Throwable error) {
    return failure(
        error instanceof OutOfMemoryError ? FailureType.OUT_OF_MEMORY : FailureType.EXCEPTION,
        error.getClass().getName(),
        message(error),
        stack(error),
        null);
  }

  Failure timedOut(Duration timeout, boolean stuck, @Nullable String dump) {
    String message =
        "ran longer than its timeout of "
            + timeout.toMillis()
            + " ms"
            + (stuck ? " and ignored the interrupt" : "")
            + (dump == null ? "; no thread dump could be taken within 500 ms" : "");
    return failure(FailureType.TIMEOUT, "", message, "", dump);
  }

  /** The run's process died under it. */
  Failure died(Blame blame) {
    return new Failure(
        blame.type(),
        "",
        cut(blame.message(), MOST_MESSAGE),
        end(blame.output(), MOST_STACK),
        clock.instant(),
        node,
        blame.pid(),
        null);
  }

  /** The run's process could not even say that its time was over. */
  Failure unanswered(Duration timeout) {
    return failure(
        FailureType.TIMEOUT,
        "",
        "ran longer than its timeout of "
            + timeout.toMillis()
            + " ms, and its process did not answer any more: killed without a thread dump",
        "",
        null);
  }

  private Failure failure(
      FailureType type, String className, String message, String stack, @Nullable String dump) {
    return new Failure(
        type,
        className,
        cut(message, MOST_MESSAGE),
        cut(stack, MOST_STACK),
        clock.instant(),
        node,
        pid,
        dump == null ? null : cut(dump, MOST_STACK));
  }

  /** A job's own exception may fail to describe itself. */
  private static String message(Throwable error) {
    try {
      String message = error.getMessage();
      return message == null ? "" : message;
    } catch (Throwable second) {
      return "(its message could not be read: " + second.getClass().getName() + ")";
    }
  }

  private static String stack(Throwable error) {
    StringWriter text = new StringWriter();
    try (PrintWriter printer = new PrintWriter(text)) {
      error.printStackTrace(printer);
    } catch (Throwable second) {
      return "(its stack could not be read: " + second.getClass().getName() + ")";
    }
    return text.toString();
  }

  /** What a process said last tells most. */
  private static String end(String text, int most) {
    int over = text.length() - most;
    return over <= 0 ? text : "(" + over + " characters before) …" + text.substring(over);
  }

  private static String cut(String text, int most) {
    return text.length() <= most
        ? text
        : text.substring(0, most) + "… (" + (text.length() - most) + " more characters)";
  }
}
