package io.jobyard.store.postgresql;

import org.jspecify.annotations.Nullable;

/** What stores tell each other, as it is sent. */
sealed interface Wake {
  /** Jobs may be waiting, of no priority before this one. */
  record Ready(String queue, int priority) implements Wake {}

  /** A running job may have been asked to cancel. */
  record Cancel() implements Wake {}

  /** Jobs may have ended. */
  record Finished() implements Wake {}

  /** The shortest text for it. */
  default String text() {
    return switch (this) {
      case Ready(String queue, int priority) -> "r" + priority + " " + queue;
      case Cancel() -> "c";
      case Finished() -> "f";
    };
  }

  /** The wake that a text is; null for what a newer version may say. */
  static @Nullable Wake of(String text) {
    if (text.equals("c")) {
      return new Cancel();
    }
    if (text.equals("f")) {
      return new Finished();
    }
    int space = text.indexOf(' ');
    if (!text.startsWith("r") || space < 2) {
      return null;
    }
    try {
      return new Ready(text.substring(space + 1), Integer.parseInt(text.substring(1, space)));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
