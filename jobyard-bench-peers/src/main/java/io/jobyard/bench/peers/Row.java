package io.jobyard.bench.peers;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One peer's figures, several of each. For one thread. */
final class Row {
  private final Peer.About about;
  private final Map<Figure, List<Double>> figures = new EnumMap<>(Figure.class);

  /** What is measured. */
  enum Figure {
    PUSH_ONE("pushes/s, one by one"),
    PUSH_ALL("pushes/s, in bulk"),
    DRAIN("drain, jobs/s"),
    P50("push to start p50, ms"),
    P99("push to start p99, ms"),
    TRANSACTIONS("transactions a job"),
    WAL("WAL bytes a job"),
    DRAIN_OPEN("drain beside an open transaction, jobs/s"),
    DRAIN_LATER("drain beside jobs not due, jobs/s");

    private final String title;

    Figure(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  Row(Peer.About about) {
    this.about = about;
  }

  Peer.About about() {
    return about;
  }

  void add(Figure figure, double value) {
    figures.computeIfAbsent(figure, f -> new ArrayList<>()).add(value);
  }

  boolean has(Figure figure) {
    return figures.containsKey(figure);
  }

  /** The median and, of several, the range; a dash for what was not measured. */
  String cell(Figure figure) {
    List<Double> values = figures.getOrDefault(figure, List.of()).stream().sorted().toList();
    if (values.isEmpty()) {
      return "–";
    }
    double median = values.get(values.size() / 2);
    if (values.size() == 1) {
      return written(median);
    }
    return written(median)
        + " ("
        + written(values.getFirst())
        + "–"
        + written(values.getLast())
        + ")";
  }

  private static String written(double value) {
    return value >= 100 ? "%,.0f".formatted(value) : "%.2f".formatted(value);
  }
}
