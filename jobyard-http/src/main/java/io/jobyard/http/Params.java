package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.JobState;
import io.jobyard.config.Durations;
import io.jobyard.store.JobFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a request says in its path, its query and its small bodies. */
final class Params {
  private static final int LONGEST_TEXT = 1_000;
  private static final int MOST_IDS = 10_000;

  private Params() {}

  /** The job a path is about. */
  static UUID id(Context request) {
    return id("id", request.pathParam("id"));
  }

  static UUID id(String field, String text) {
    try {
      if (text.length() == 36) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw Problem.field(field, "must be a job's UUID, got '" + PushReader.shown(text) + "'");
  }

  /** Refuses a query that says what nobody would hear. */
  static void allow(Context request, String... names) {
    List<String> known = List.of(names);
    for (String name : request.queryParamMap().keySet()) {
      if (!known.contains(name)) {
        throw Problem.field(
            PushReader.shown(name),
            "is not a parameter here; known " + (known.isEmpty() ? "is none" : "are " + known));
      }
    }
  }

  static @Nullable String text(Context request, String name) {
    String text = request.queryParam(name);
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (text.length() > LONGEST_TEXT) {
      throw Problem.field(
          name, "must have at most " + LONGEST_TEXT + " characters, got " + text.length());
    }
    return text;
  }

  static boolean flag(Context request, String name) {
    String text = text(request, name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw Problem.field(name, "must be true or false, got '" + PushReader.shown(text) + "'");
  }

  static int whole(Context request, String name, int least, int most, int standard) {
    String text = text(request, name);
    if (text == null) {
      return standard;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Problem.field(
        name, "must be %d to %d, got '%s'".formatted(least, most, PushReader.shown(text)));
  }

  static Duration span(Context request, String name, Duration most, Duration standard) {
    String text = text(request, name);
    if (text == null) {
      return standard;
    }
    try {
      Duration span = Durations.parse(text);
      if (span.compareTo(most) <= 0) {
        return span;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw Problem.field(
        name,
        "must be a duration such as 30s, at most %s, got '%s'"
            .formatted(Durations.format(most), PushReader.shown(text)));
  }

  /** The names of {@link #wanted}'s parameters. */
  static final List<String> WANTED =
      List.of(
          "queue",
          "kind",
          "state",
          "pushed_after",
          "pushed_before",
          "finished_after",
          "finished_before",
          "text");

  /** The jobs a query is about. */
  static Wanted wanted(Context request) {
    String states = text(request, "state");
    return new Wanted(
        new JobFilter(
            Set.of(),
            text(request, "queue"),
            states == null ? Set.of() : states(Arrays.asList(states.split(",", -1))),
            text(request, "kind")),
        moment("pushed_after", text(request, "pushed_after")),
        moment("pushed_before", text(request, "pushed_before")),
        moment("finished_after", text(request, "finished_after")),
        moment("finished_before", text(request, "finished_before")),
        text(request, "text"));
  }

  /** The jobs that a body's {@code filter} is about. */
  static Wanted wanted(JsonNode filter) {
    if (!(filter instanceof ObjectNode object)) {
      throw Problem.field("filter", "must be an object, such as {\"queue\": \"mail\"}");
    }
    Set<String> known = new LinkedHashSet<>(WANTED);
    known.add("ids");
    known.add("all");
    requireKnown(object, "filter.", known);
    Set<UUID> ids = ids(object, "filter.");
    if (ids.size() > MOST_IDS) {
      throw Problem.field("filter.ids", "must be at most " + MOST_IDS + ", got " + ids.size());
    }
    Wanted wanted =
        new Wanted(
            new JobFilter(
                ids,
                text(object, "filter.", "queue"),
                states(texts(object, "filter.state", "state")),
                text(object, "filter.", "kind")),
            moment("filter.pushed_after", text(object, "filter.", "pushed_after")),
            moment("filter.pushed_before", text(object, "filter.", "pushed_before")),
            moment("filter.finished_after", text(object, "filter.", "finished_after")),
            moment("filter.finished_before", text(object, "filter.", "finished_before")),
            text(object, "filter.", "text"));
    boolean all = flag(object, "filter.", "all");
    boolean emptyIds = object.has("ids") && ids.isEmpty();
    if (emptyIds || wanted.everything() != all) {
      throw Problem.field(
          "filter",
          "must name jobs by at least one of "
              + known
              + "; say \"all\": true, and nothing else, for every job of the store");
    }
    return wanted;
  }

  /** The jobs that a body names one by one. */
  static Set<UUID> ids(ObjectNode object, String path) {
    Set<UUID> ids = new HashSet<>();
    for (String id : texts(object, path + "ids", "ids")) {
      ids.add(id(path + "ids", id));
    }
    return ids;
  }

  static void requireKnown(ObjectNode object, String path, Set<String> known) {
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw Problem.field(
            path + PushReader.shown(name), "is not a field here; known are " + known);
      }
    }
  }

  static boolean flag(ObjectNode object, String path, String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw Problem.field(path + name, "must be true or false");
    }
    return value.asBoolean();
  }

  static int whole(ObjectNode object, String name, int least, int most, int standard) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return standard;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw Problem.field(name, "must be a whole number from %d to %d".formatted(least, most));
    }
    int number = value.asInt();
    if (number < least || number > most) {
      throw Problem.field(name, "must be %d to %d, got %d".formatted(least, most, number));
    }
    return number;
  }

  static @Nullable String text(ObjectNode object, String path, String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    String text = value.isString() ? value.asString() : "";
    if (text.isEmpty() || text.length() > LONGEST_TEXT) {
      throw Problem.field(path + name, "must be text of 1 to " + LONGEST_TEXT + " characters");
    }
    return text;
  }

  /** One text or a list of them; empty where there is none. */
  private static List<String> texts(ObjectNode object, String path, String name) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return List.of();
    }
    List<JsonNode> values = value.isArray() ? value.valueStream().toList() : List.of(value);
    return values.stream()
        .map(one -> {
          if (!one.isString()) {
            throw Problem.field(path, "must be text or a list of texts");
          }
          return one.asString();
        })
        .toList();
  }

  static Set<JobState> states(List<String> words) {
    Set<JobState> states = EnumSet.noneOf(JobState.class);
    for (String word : words) {
      try {
        states.add(JobState.valueOf(word.strip()));
      } catch (IllegalArgumentException e) {
        throw Problem.field(
            "state",
            "must be of " + List.of(JobState.values()) + ", got '" + PushReader.shown(word) + "'");
      }
    }
    return states;
  }

  private static @Nullable Instant moment(String field, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw Problem.field(
          field,
          "must be a moment such as 2026-01-31T08:00:00Z, got '" + PushReader.shown(text) + "'");
    }
  }
}
