package io.jobyard.config;

import io.jobyard.config.Value.Scalar;
import io.jobyard.config.Value.Shape;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code JOBYARD_…} variables into a draft: every key at the top and under {@code log},
 * {@code http} and {@code faktory}. An empty one counts as not set. Variables that belong to no key
 * are others' and left alone.
 */
final class EnvironmentLayer {
  private final Draft draft;
  private final Problems problems;

  EnvironmentLayer(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  void read(Map<String, String> environment) {
    section("", Keys.TOP, draft.top, environment);
    section("log.", Keys.LOG, draft.log, environment);
    section("http.", Keys.HTTP, draft.http, environment);
    if (Keys.FAKTORY.stream()
        .anyMatch(key -> !environment.getOrDefault(key.variable("faktory."), "").isEmpty())) {
      section("faktory.", Keys.FAKTORY, draft.faktory(), environment);
    }
  }

  private void section(
      String path, List<Key<?>> keys, Settings settings, Map<String, String> environment) {
    for (Key<?> key : keys) {
      String variable = key.variable(path);
      String text = environment.getOrDefault(variable, "");
      if (!text.isEmpty()) {
        settings.read(key, path, new Scalar(text, Shape.UNTYPED, variable), problems);
      }
    }
  }
}
