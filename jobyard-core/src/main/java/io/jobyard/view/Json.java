package io.jobyard.view;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** JSON trees. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A record as its own annotations have it. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  public static String write(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }

  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /**
   * A document as a tree.
   *
   * @throws JacksonException if it is none
   */
  public static JsonNode read(byte[] json) {
    return MAPPER.readTree(json);
  }

  /** Stored JSON as a tree; bytes that are none, as text, so that they can be looked at. */
  public static JsonNode stored(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      return StringNode.valueOf(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /**
   * What is wrong with a text that should be one JSON value, in one line.
   *
   * @return null if it is JSON
   */
  public static @Nullable String problem(String text) {
    try {
      // The mapper checks that nothing follows the value.
      return MAPPER.readTree(text).isMissingNode() ? "it is empty" : null;
    } catch (JacksonException e) {
      var location = e.getLocation();
      String where =
          location == null
              ? ""
              : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
      // Jackson adds where the value began, as seen by its own reader.
      String what = e.getOriginalMessage().replaceAll("(?s)\\s*(\\R|\\(start marker).*", "");
      return what + where;
    }
  }

  public static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
