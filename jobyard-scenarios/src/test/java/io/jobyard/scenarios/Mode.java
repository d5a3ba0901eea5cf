package io.jobyard.scenarios;

import java.util.Locale;

/** How jobs come to the workers: the values of a queue's {@code mode}. */
enum Mode {
  DISTRIBUTE,
  GRAB;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
