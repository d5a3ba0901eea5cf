package io.jobyard.bench;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured so far. For one thread. */
final class Figures {
  private final Map<Figure, Series> all = new EnumMap<>(Figure.class);

  void add(Figure figure, double value) {
    all.computeIfAbsent(figure, f -> new Series()).add(value);
  }

  /** The values of a figure; null where it was not measured. */
  @Nullable Series of(Figure figure) {
    return all.get(figure);
  }
}
