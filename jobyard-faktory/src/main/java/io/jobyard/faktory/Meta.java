package io.jobyard.faktory;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a job brought by this protocol that Jobyard has no place for, as it is stored in the job's
 * meta data: {@code {"custom": …, "faktory": {…}}}.
 *
 * @param jid null for a job that came some other way
 * @param retry as pushed; null for a job that came some other way
 * @param custom JSON; null where there is none
 */
record Meta(
    @Nullable String jid,
    @Nullable Integer retry,
    int backtrace,
    @Nullable String createdAt,
    @Nullable String custom) {
  private static final Meta NONE = new Meta(null, null, 0, null, null);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  /** What is stored with a job; nothing of use where another wrote it. */
  static Meta read(@Nullable String stored) {
    if (stored == null) {
      return NONE;
    }
    try {
      JsonNode json = JSON.readTree(stored);
      JsonNode own = json.path("faktory");
      JsonNode custom = json.path("custom");
      return new Meta(
          own.path("jid").isString() ? own.path("jid").asString() : null,
          own.path("retry").isNumber() ? own.path("retry").asInt() : null,
          own.path("backtrace").asInt(0),
          own.path("created_at").isString() ? own.path("created_at").asString() : null,
          custom.isObject() ? custom.toString() : null);
    } catch (JacksonException e) {
      return NONE;
    }
  }

  String write() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (custom != null) {
        json.writeName("custom");
        json.writeRawValue(custom);
      }
      json.writeName("faktory");
      json.writeStartObject();
      if (jid != null) {
        json.writeStringProperty("jid", jid);
      }
      if (retry != null) {
        json.writeNumberProperty("retry", retry);
      }
      if (backtrace != 0) {
        json.writeNumberProperty("backtrace", backtrace);
      }
      if (createdAt != null) {
        json.writeStringProperty("created_at", createdAt);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return text.toString();
  }
}
