package io.jobyard.faktory;

import io.jobyard.config.QueueConfig;
import io.jobyard.store.JobSettings;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The fields of one job that is being read. What is wrong is kept, the first of it, so that the
 * jobs beside it can be read on. For one thread.
 */
final class JobFields {
  /** What the protocol says of a job that does not say it. */
  private static final int RETRY = 25;

  private static final int RESERVE_FOR = 1_800;
  private static final int LEAST_RESERVE = 60;
  private static final int MOST_RESERVE = 86_400;
  private static final int LEAST_JID = 8;
  private static final int MOST_META = 32 * 1024;
  private static final byte[] NO_ARGUMENTS = "null".getBytes(StandardCharsets.US_ASCII);

  private String jid = "";
  private String queue = "default";
  private String jobtype = "";
  private byte @Nullable [] payload;
  private byte @Nullable [] custom;
  private @Nullable Instant at;
  private @Nullable String createdAt;
  private int priority;
  private int retry = RETRY;
  private int reserveFor = RESERVE_FOR;
  private int backtrace;
  private @Nullable String flaw;

  /** Takes the value that the parser stands at. */
  void take(String name, JsonParser parser, byte[] json) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return; // as if it were not there
    }
    switch (name) {
      case "jid" -> jid = text(name, parser);
      case "queue" -> queue = orDefault(text(name, parser));
      case "jobtype" -> jobtype = text(name, parser);
      case "args" -> payload = arguments(parser, json);
      case "custom" -> custom = slice(name, JsonToken.START_OBJECT, parser, json);
      case "at" -> at = moment(text(name, parser));
      case "created_at" -> createdAt = text(name, parser);
      case "priority" -> priority = number(name, parser);
      case "retry" -> retry = number(name, parser);
      case "reserve_for" -> reserveFor = number(name, parser);
      case "backtrace" -> backtrace = number(name, parser);
      default -> parser.skipChildren();
    }
  }

  /** The first thing that is wrong; null if all is well. */
  @Nullable String flaw() {
    if (flaw != null) {
      return flaw;
    }
    if (jid.length() < LEAST_JID) {
      return "jobs must have a reasonable jid parameter: at least 8 characters, got "
          + jid.length();
    }
    if (jobtype.isBlank()) {
      return "jobs must have a jobtype parameter";
    }
    if (payload == null) {
      return "jobs must have an args parameter";
    }
    if (reserveFor > MOST_RESERVE) {
      return "jobs cannot be reserved for more than one day, got " + reserveFor + " s";
    }
    String name = QueueConfig.flaw(queue);
    if (name != null) {
      return "the queue " + name;
    }
    String meta = meta();
    return meta.length() > MOST_META
        ? "custom is too large: with it the job has "
            + meta.length()
            + " characters beside its args, the limit is "
            + MOST_META
        : null;
  }

  String jid() {
    return jid;
  }

  String queue() {
    return queue;
  }

  String jobtype() {
    return jobtype;
  }

  byte[] payload() {
    return payload == null ? NO_ARGUMENTS : payload;
  }

  @Nullable Instant at() {
    return at;
  }

  int priority() {
    return priority;
  }

  /** A reservation that runs out is a failure like others, to be retried. */
  JobSettings settings() {
    int seconds = reserveFor <= 0 ? RESERVE_FOR : Math.max(LEAST_RESERVE, reserveFor);
    return new JobSettings(Math.max(0, retry), null, Duration.ofSeconds(seconds), true);
  }

  /** What Jobyard has no place for, to be given back when the job is fetched. */
  String meta() {
    return new Meta(
            jid,
            retry,
            backtrace,
            createdAt,
            custom == null ? null : new String(custom, StandardCharsets.UTF_8))
        .write();
  }

  private static String orDefault(String name) {
    return name.isEmpty() ? "default" : name;
  }

  /**
   * A list of one object is that object, as Java's jobs have it; an empty one is a job without
   * arguments.
   */
  private byte @Nullable [] arguments(JsonParser parser, byte[] json) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      wrong("args must be an array", parser);
      return null;
    }
    int begin = offset(parser);
    int objectBegin = -1;
    int objectEnd = -1;
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (++count == 1 && parser.currentToken() == JsonToken.START_OBJECT) {
        objectBegin = offset(parser);
        parser.skipChildren();
        objectEnd = end(parser);
      } else {
        parser.skipChildren();
      }
    }
    if (count == 0) {
      return NO_ARGUMENTS;
    }
    return count == 1 && objectBegin >= 0
        ? Arrays.copyOfRange(json, objectBegin, objectEnd)
        : Arrays.copyOfRange(json, begin, end(parser));
  }

  private byte @Nullable [] slice(String name, JsonToken form, JsonParser parser, byte[] json) {
    if (parser.currentToken() != form) {
      wrong(name + " must be a JSON object", parser);
      return null;
    }
    int begin = offset(parser);
    parser.skipChildren();
    return Arrays.copyOfRange(json, begin, end(parser));
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser) {
    return (int) parser.currentLocation().getByteOffset();
  }

  private String text(String name, JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    wrong(name + " must be a string", parser);
    return "";
  }

  private int number(String name, JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return (int) Math.clamp(parser.getBigIntegerValue().doubleValue(), -1, Integer.MAX_VALUE);
    }
    wrong(name + " must be a whole number", parser);
    return 0;
  }

  private @Nullable Instant moment(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      note("invalid timestamp for 'at': '" + text + "'; write it as 2026-01-31T12:00:00Z");
      return null;
    }
  }

  private void wrong(String rule, JsonParser parser) {
    note(rule);
    parser.skipChildren();
  }

  private void note(String found) {
    if (flaw == null) {
      flaw = found;
    }
  }
}
