package io.jobyard.bench;

import io.jobyard.store.Stores;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The outcome of a benchmark, as a table for people or as JSON. */
public final class BenchReport {
  /** Always in the JSON; null where not measured. */
  private static final Set<Figure> PROMISED =
      EnumSet.of(
          Figure.PUSH_ONE,
          Figure.PUSH_EIGHT,
          Figure.PUSH_ALL,
          Figure.INSERT_CEILING,
          Figure.DRAIN,
          Figure.CEILING,
          Figure.START_P50,
          Figure.START_P99,
          Figure.MANAGER_RSS,
          Figure.WORKER_RSS);

  private final BenchOptions options;
  private final Machine machine;
  private final Figures figures;

  BenchReport(BenchOptions options, Machine machine, Figures figures) {
    this.options = options;
    this.machine = machine;
    this.figures = figures;
  }

  /** Medians by name, and under {@code ranges} the least and the most of each. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("store", store())
        .put("mode", options.arrangement().toString())
        .put("threads", options.threads())
        .put("jobs", options.jobs())
        .put("rounds", options.rounds());
    ObjectNode ranges = JsonNodeFactory.instance.objectNode();
    for (Figure figure : Figure.values()) {
      Series series = figures.of(figure);
      if (series != null) {
        json.put(figure.json, figure.rounded(series.median()));
        ranges
            .putArray(figure.json)
            .add(figure.rounded(series.least()))
            .add(figure.rounded(series.most()));
      } else if (PROMISED.contains(figure)) {
        json.putNull(figure.json);
      }
    }
    json.set("ranges", ranges);
    json.putObject("machine")
        .put("date", machine.date().toString())
        .put("system", machine.system())
        .put("java", machine.java())
        .put("processors", machine.processors())
        .put("load", machine.load());
    return json;
  }

  private String mode() {
    String mode = options.arrangement().toString();
    return options.threads() == 1 ? mode : mode + ", threads " + options.threads();
  }

  /** Lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %s, %,d jobs a round, median of %d (least to most), on %s"
            .formatted(store(), mode(), options.jobs(), options.rounds(), machine.date()));
    lines.add(
        "%s, %d processors, load %.1f before; %s"
            .formatted(machine.system(), machine.processors(), machine.load(), machine.java()));
    lines.add("");
    for (Figure figure : Figure.values()) {
      Series series = figures.of(figure);
      if (series != null) {
        lines.add(line(figure, series));
      }
    }
    return lines;
  }

  private static String line(Figure figure, Series series) {
    String line =
        String.format(
            Locale.ROOT,
            "%-38s %10s %-3s",
            figure.words,
            figure.text(series.median()),
            figure.unit);
    return series.rounds() == 1
        ? line.stripTrailing()
        : line + " (" + figure.text(series.least()) + " to " + figure.text(series.most()) + ")";
  }

  private String store() {
    String store = options.store();
    return store == null ? "sqlite" : Stores.shown(store);
  }
}
