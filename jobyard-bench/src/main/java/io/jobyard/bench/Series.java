package io.jobyard.bench;

import java.util.ArrayList;
import java.util.List;

/** The values of one figure, one a round. For one thread. */
final class Series {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double least() {
    return values.stream().min(Double::compare).orElseThrow();
  }

  double most() {
    return values.stream().max(Double::compare).orElseThrow();
  }

  int rounds() {
    return values.size();
  }
}
