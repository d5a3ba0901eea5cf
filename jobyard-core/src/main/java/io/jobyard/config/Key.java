package io.jobyard.config;

import io.jobyard.config.Value.Scalar;
import io.jobyard.config.Value.Shape;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of jobyard.yaml.
 *
 * @param name as it is written
 * @param type what its value may be
 * @param written the default as one would write it; null where there is none
 * @param doc one sentence for the reference
 * @param <T> what it becomes
 */
record Key<T>(String name, Type<T> type, @Nullable String written, String doc) {

  /** The default; null where there is none. */
  @Nullable T fallback() {
    return written == null ? null : type.read(new Scalar(written, Shape.UNTYPED, "default"));
  }

  /** The default of a key that has one. */
  T standard() {
    T value = fallback();
    if (value == null) {
      throw new IllegalStateException(name + " has no default");
    }
    return value;
  }

  /** Checks a value that code brought. Null, for a key that may be left out, is allowed. */
  void check(String path, @Nullable T value) {
    if (value == null) {
      return;
    }
    try {
      type.check(value);
    } catch (IllegalArgumentException e) {
      throw new ConfigInvalid(List.of("code: " + path + name + " " + e.getMessage()));
    }
  }

  /** The environment variable of a key at the top, or of a section such as {@code log.}. */
  String variable(String path) {
    return "JOBYARD_" + (path + name).toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
  }
}
