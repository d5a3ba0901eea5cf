package io.jobyard.http;

import io.jobyard.Backoff;
import io.jobyard.Priority;
import io.jobyard.codec.Names;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import io.jobyard.run.Ids;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads jobs to be pushed, in one pass over the bytes: a payload is kept as it was written. For one
 * body.
 */
final class PushReader {
  static final int MOST_JOBS = 10_000;
  private static final int MOST_PRIORITY = 1_000;
  private static final Ids IDS = new Ids();
  private static final byte[] NO_PAYLOAD = {'{', '}'};

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final byte[] body;
  private final JsonParser parser;
  private String path = "";

  private PushReader(byte[] body) {
    this.body = body;
    this.parser = JSON.createParser(ObjectReadContext.empty(), body);
  }

  /** A body that is one job. */
  static NewJob one(byte[] body) {
    return read(
        body,
        reader -> {
          reader.require(
              reader.parser.nextToken(), JsonToken.START_OBJECT, "the body", "an object");
          return reader.job();
        });
  }

  /** A body that is {@code {"jobs": […]}}. */
  static List<NewJob> many(byte[] body) {
    return read(body, PushReader::jobs);
  }

  private static <T> T read(byte[] body, Function<PushReader, T> part) {
    PushReader reader = new PushReader(body);
    try (JsonParser parser = reader.parser) {
      T value = part.apply(reader);
      if (parser.nextToken() != null) {
        throw Problem.bad("the body goes on after its one JSON document");
      }
      return value;
    } catch (JacksonException e) {
      throw Problem.bad("the body is not valid JSON" + where(e) + ": " + reason(e));
    }
  }

  private static String where(JacksonException e) {
    var at = e.getLocation();
    return at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
  }

  /** One line of a bearable length, without what Jackson quotes of the source. */
  static String reason(JacksonException e) {
    String line = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  private List<NewJob> jobs() {
    require(parser.nextToken(), JsonToken.START_OBJECT, "the body", "an object");
    List<NewJob> jobs = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (!name.equals("jobs")) {
        throw Problem.field(shown(name), "is not a field here; known is jobs");
      }
      require(parser.nextToken(), JsonToken.START_ARRAY, "jobs", "a list of jobs");
      jobs = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (jobs.size() == MOST_JOBS) {
          throw Problem.tooLarge(
              "jobs has more than %,d entries; push them in several batches".formatted(MOST_JOBS));
        }
        path = "jobs[" + jobs.size() + "]";
        require(parser.currentToken(), JsonToken.START_OBJECT, path, "an object");
        path += ".";
        jobs.add(job());
      }
    }
    if (jobs == null || jobs.isEmpty()) {
      throw Problem.field("jobs", "is missing or empty; it is a list of jobs");
    }
    return jobs;
  }

  /** All that can be said of a job, in the making. */
  private static final class Draft {
    private @Nullable UUID id;
    private @Nullable String externalId;
    private String queue = "default";
    private @Nullable String kind;
    private byte[] payload = NO_PAYLOAD;
    private @Nullable Duration delay;
    private @Nullable Instant at;
    private int priority;
    private @Nullable Integer worker;
    private boolean task = true;
    private @Nullable Integer retries;
    private @Nullable Backoff backoff;
    private @Nullable Duration timeout;
    private @Nullable Boolean retryTimeouts;
    private @Nullable String meta;
  }

  private static final Set<String> FIELDS =
      Set.of(
          "kind",
          "payload",
          "queue",
          "delay",
          "at",
          "retries",
          "backoff",
          "timeout",
          "retry_timeouts",
          "priority",
          "worker",
          "external_id",
          "id",
          "task",
          "meta");

  private NewJob job() {
    Draft draft = new Draft();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (!FIELDS.contains(name)) {
        List<String> known = FIELDS.stream().sorted().toList();
        throw Problem.field(path + shown(name), "is not a field of a job; known are " + known);
      }
      JsonToken value = parser.nextToken();
      if (name.equals("payload")) {
        draft.payload = slice();
      } else if (value != JsonToken.VALUE_NULL) {
        set(draft, name);
      }
    }
    return sealed(draft);
  }

  private void set(Draft draft, String name) {
    switch (name) {
      case "kind" -> draft.kind = name(name);
      case "queue" -> draft.queue = name(name);
      case "delay" -> draft.delay = parsed(name, Durations::parse);
      case "at" -> draft.at = parsed(name, PushReader::instant);
      case "retries" -> draft.retries = whole(name, 0, 100_000);
      case "backoff" -> draft.backoff = parsed(name, Backoffs::parse);
      case "timeout" -> draft.timeout = parsed(name, Durations::parse);
      case "retry_timeouts" -> draft.retryTimeouts = flag(name);
      case "priority" -> draft.priority = priority(name);
      case "worker" -> draft.worker = whole(name, 0, Limits.MAX_SLOT);
      case "external_id" -> draft.externalId = externalId(name);
      case "id" -> draft.id = parsed(name, PushReader::uuid);
      case "task" -> draft.task = flag(name);
      case "meta" -> draft.meta = meta(name);
      default -> throw new IllegalStateException(name);
    }
  }

  private NewJob sealed(Draft draft) {
    String kind = draft.kind;
    if (kind == null) {
      throw Problem.field(path + "kind", "is missing; it says what is to be run");
    }
    Instant at = draft.at;
    Duration delay = draft.delay;
    if (at != null && delay != null) {
      throw Problem.field(path + "at", "and delay exclude each other; give one of them");
    }
    UUID id = draft.id;
    return new NewJob(
        id == null ? IDS.next() : id,
        draft.externalId,
        draft.queue,
        kind,
        Payload.json(draft.payload),
        at != null
            ? new NewJob.Due.At(at)
            : delay == null ? NewJob.Due.NOW : new NewJob.Due.In(delay),
        draft.priority,
        draft.worker,
        draft.task,
        new JobSettings(draft.retries, draft.backoff, draft.timeout, draft.retryTimeouts),
        null,
        null,
        null,
        draft.meta);
  }

  /** The bytes of the value the parser stands at. */
  private byte[] slice() {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int to = (int) parser.currentLocation().getByteOffset();
    while (to > from && isSpace(body[to - 1])) {
      to--; // a number's end is only seen behind it
    }
    return Arrays.copyOfRange(body, from, to);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private String text(String field) {
    require(parser.currentToken(), JsonToken.VALUE_STRING, path + field, "text");
    return parser.getString();
  }

  private String name(String field) {
    String name = text(field);
    String flaw = Names.flaw(name);
    if (flaw != null) {
      throw Problem.field(path + field, flaw);
    }
    return name;
  }

  private String externalId(String field) {
    String id = text(field);
    if (id.isBlank() || id.length() > Limits.MAX_NAME) {
      throw Problem.field(
          path + field, "must have 1 to " + Limits.MAX_NAME + " characters, got " + id.length());
    }
    return id;
  }

  private <T> T parsed(String field, Function<String, T> parser) {
    String text = text(field);
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw Problem.field(path + field, "is wrong: " + shown(String.valueOf(e.getMessage())));
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a moment such as 2026-01-31T08:00:00Z", e);
    }
  }

  private static UUID uuid(String text) {
    if (text.length() != 36) {
      throw new IllegalArgumentException("'" + text + "' is not a UUID");
    }
    return UUID.fromString(text);
  }

  private int whole(String field, int least, int most) {
    require(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, path + field, "a whole number");
    boolean fits = parser.getNumberType() == JsonParser.NumberType.INT;
    int number = fits ? parser.getIntValue() : Integer.MAX_VALUE;
    if (!fits || number < least || number > most) {
      throw Problem.field(
          path + field,
          "must be %d to %d, got %s".formatted(least, most, shown(parser.getString())));
    }
    return number;
  }

  private boolean flag(String field) {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw Problem.field(path + field, "must be true or false, got " + kind(token));
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private int priority(String field) {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return whole(field, -MOST_PRIORITY, MOST_PRIORITY);
    }
    String word = text(field);
    for (Priority priority : Priority.values()) {
      if (priority.name().toLowerCase(Locale.ROOT).equals(word)) {
        return priority.rank();
      }
    }
    throw Problem.field(
        path + field, "must be high, normal, low or a number, got '" + shown(word) + "'");
  }

  private String meta(String field) {
    require(parser.currentToken(), JsonToken.START_OBJECT, path + field, "an object");
    byte[] json = slice();
    if (json.length > 8_192) {
      throw Problem.field(path + field, "must have at most 8,192 bytes, got " + json.length);
    }
    return new String(json, StandardCharsets.UTF_8);
  }

  private void require(@Nullable JsonToken token, JsonToken expected, String what, String allowed) {
    if (token != expected) {
      throw Problem.field(what, "must be " + allowed + ", got " + kind(token));
    }
  }

  private static String kind(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      default -> "nothing";
    };
  }

  /** Of a bearable length, and nothing that moves a cursor. */
  static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
  }

  /** Fails where two jobs of one batch share an id, which would silently drop one. */
  static void requireDistinct(List<NewJob> jobs) {
    Set<UUID> seen = new HashSet<>();
    for (int i = 0; i < jobs.size(); i++) {
      if (!seen.add(jobs.get(i).id())) {
        throw Problem.field("jobs[" + i + "].id", "stands in this batch twice");
      }
    }
  }
}
