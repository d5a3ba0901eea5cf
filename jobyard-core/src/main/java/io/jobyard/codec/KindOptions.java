package io.jobyard.codec;

import io.jobyard.Backoff;
import io.jobyard.Kind;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import io.jobyard.store.JobSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Kind} says, as plain text, so that it can be kept in an index; checked when made.
 *
 * @param name empty where the annotation is absent or gives none
 */
record KindOptions(
    String name, List<String> aliases, String queue, String timeout, int retries, String backoff) {
  static final KindOptions NONE = new KindOptions("", List.of(), "", "", -1, "");

  /**
   * @throws IllegalArgumentException naming the attribute and its value
   */
  KindOptions {
    aliases = List.copyOf(aliases);
    aliases.forEach(alias -> named("aliases", alias));
    if (!name.isEmpty()) {
      named("value", name);
    }
    if (!queue.isEmpty()) {
      named("queue", queue);
    }
    if (retries < -1) {
      throw new IllegalArgumentException("@Kind retries must be at least 0, got " + retries);
    }
    settings(retries, backoff, timeout);
  }

  static KindOptions of(@Nullable Kind kind) {
    return kind == null
        ? NONE
        : new KindOptions(
            kind.value(),
            List.of(kind.aliases()),
            kind.queue(),
            kind.timeout(),
            kind.retries(),
            kind.backoff());
  }

  JobSettings settings() {
    return settings(retries, backoff, timeout);
  }

  private static JobSettings settings(int retries, String backoff, String timeout) {
    Duration limit = timeout.isEmpty() ? null : read("timeout", timeout, Durations::parse);
    Backoff waits = backoff.isEmpty() ? null : read("backoff", backoff, Backoffs::parse);
    return new JobSettings(retries < 0 ? null : retries, waits, limit, null);
  }

  private static <T> T read(String attribute, String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("@Kind " + attribute + ": " + e.getMessage(), e);
    }
  }

  private static void named(String attribute, String name) {
    String flaw = Names.flaw(name);
    if (flaw != null) {
      throw new IllegalArgumentException("@Kind " + attribute + " " + flaw);
    }
  }
}
