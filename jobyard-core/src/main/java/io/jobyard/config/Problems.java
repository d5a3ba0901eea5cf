package io.jobyard.config;

import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong, so that all of it is reported at once. For one thread. */
final class Problems {
  private final List<String> lines = new ArrayList<>();

  /** Adds one line; {@code what} begins with the key. */
  void add(String place, String what) {
    lines.add(place + ": " + what.replaceAll("\\R", " "));
  }

  /** Throws if there is anything to report. */
  void report() {
    if (!lines.isEmpty()) {
      throw new ConfigInvalid(lines);
    }
  }
}
