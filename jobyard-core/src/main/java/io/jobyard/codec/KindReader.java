package io.jobyard.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a {@link KindIndex} by its tokens: each worker does at its start, and binding objects would
 * take it longer than all else. Passes over fields it does not know: another version of Jobyard may
 * have written them. Stateless.
 */
final class KindReader {
  private final JsonParser json;

  private KindReader(JsonParser json) {
    this.json = json;
  }

  /**
   * @throws tools.jackson.core.JacksonException if the text is no index
   */
  static List<KindEntry> read(byte[] text) {
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      return new KindReader(json).entries();
    }
  }

  private List<KindEntry> entries() {
    json.nextToken();
    List<KindEntry> entries = new ArrayList<>();
    for (Object entry : of(List.class, value())) {
      entries.add(entry(of(Map.class, entry)));
    }
    if (json.nextToken() != null) {
      throw new StreamReadException(json, "something follows its end");
    }
    return entries;
  }

  private KindEntry entry(Map<?, ?> fields) {
    Map<?, ?> options = of(Map.class, fields.get("options"));
    List<String> aliases = new ArrayList<>();
    for (Object alias : of(List.class, options.get("aliases"))) {
      aliases.add(of(String.class, alias));
    }
    try {
      return new KindEntry(
          KindEntry.Form.valueOf(text(fields, "form")),
          text(fields, "className"),
          text(fields, "member"),
          new KindOptions(
              text(options, "name"),
              aliases,
              text(options, "queue"),
              text(options, "timeout"),
              of(Integer.class, options.get("retries")),
              text(options, "backoff")));
    } catch (IllegalArgumentException e) {
      throw new StreamReadException(
          json, "a kind that this version cannot take: " + e.getMessage(), e);
    }
  }

  private String text(Map<?, ?> fields, String name) {
    return of(String.class, fields.get(name));
  }

  private <T> T of(Class<T> type, @Nullable Object value) {
    if (!type.isInstance(value)) {
      throw new StreamReadException(
          json, "there is " + value + " where a " + type.getSimpleName() + " should be");
    }
    return type.cast(value);
  }

  /** The one that the current token begins. */
  private @Nullable Object value() {
    JsonToken token = json.currentToken();
    if (token == null) {
      throw new StreamReadException(json, "it ends too early");
    }
    return switch (token) {
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value());
        }
        yield list;
      }
      case START_OBJECT -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
          json.nextToken();
          fields.put(name, value());
        }
        yield fields;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> json.getIntValue();
      default -> null; // what no version has written so far
    };
  }
}
