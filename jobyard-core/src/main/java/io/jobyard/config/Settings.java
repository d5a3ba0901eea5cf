package io.jobyard.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was set in one section so far; a later layer writes over an earlier one. One thread. */
final class Settings {
  private final Map<Key<?>, Object> values = new HashMap<>();

  <T> void put(Key<T> key, T value) {
    values.put(key, value);
  }

  /** What was set, or the default; null where there is neither. */
  @SuppressWarnings("unchecked") // put allows only the key's own type
  <T> @Nullable T find(Key<T> key) {
    Object own = values.get(key);
    return own != null ? (T) own : key.fallback();
  }

  /** What was set, or the default. */
  @SuppressWarnings("unchecked") // put allows only the key's own type
  <T> T get(Key<T> key) {
    Object own = values.get(key);
    return own != null ? (T) own : key.standard();
  }

  /** Reads a value into its key; one that does not fit is a problem. */
  <T> void read(Key<T> key, String path, Value value, Problems problems) {
    try {
      put(key, key.type().read(value));
    } catch (IllegalArgumentException e) {
      problems.add(value.place(), path + key.name() + " " + e.getMessage());
    }
  }
}
