package io.jobyard.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes the table of keys as a JSON Schema and as the tables of docs/configuration.md. */
final class Reference {
  private Reference() {}

  static String schema() {
    Map<String, Object> queue = section(QueueKeys.QUEUE);
    properties(queue).put("deliver", section(QueueKeys.DELIVER));
    Map<String, Object> queues = map("type", List.of("object", "null"));
    queues.put("description", "The queues this node serves, beside `default`.");
    queues.put("propertyNames", map("pattern", whole(Keys.NAME.pattern())));
    queues.put("additionalProperties", queue);
    Map<String, Object> root = map("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "jobyard.yaml");
    root.putAll(section(Keys.TOP));
    properties(root).put("log", section(Keys.LOG));
    properties(root).put("http", section(Keys.HTTP));
    properties(root).put("faktory", section(Keys.FAKTORY));
    properties(root).put("queues", queues);
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(root)
        + "\n";
  }

  /** The tables by their heading in the page. */
  static Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put("top", table("", Keys.TOP, true));
    tables.put("log", table("log.", Keys.LOG, true));
    tables.put("http", table("http.", Keys.HTTP, true));
    tables.put("faktory", table("faktory.", Keys.FAKTORY, true));
    tables.put("queue", table("", QueueKeys.QUEUE, false));
    tables.put("deliver", table("deliver.", QueueKeys.DELIVER, false));
    return tables;
  }

  private static String table(String path, List<Key<?>> keys, boolean variables) {
    StringBuilder table =
        new StringBuilder(
            variables
                ? "| key | value | default | environment | meaning |\n|---|---|---|---|---|\n"
                : "| key | value | default | meaning |\n|---|---|---|---|\n");
    for (Key<?> key : keys) {
      List<String> cells = new ArrayList<>();
      cells.add("`" + path + key.name() + "`");
      cells.add(key.type().allowed());
      cells.add(key.written() == null ? "" : "`" + key.written() + "`");
      if (variables) {
        cells.add("`" + key.variable(path) + "`");
      }
      cells.add(key.doc());
      table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    return table.toString();
  }

  private static Map<String, Object> section(List<Key<?>> keys) {
    Map<String, Object> section = map("type", List.of("object", "null"));
    section.put("additionalProperties", false);
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Key<?> key : keys) {
      Map<String, Object> property = map("description", key.doc());
      property.putAll(schema(key.type()));
      properties.put(key.name(), property);
    }
    section.put("properties", properties);
    return section;
  }

  private static Map<String, Object> schema(Type<?> type) {
    return switch (type) {
      case Type.Whole(int least, int most) -> {
        Map<String, Object> whole = map("type", "integer");
        whole.put("minimum", least);
        whole.put("maximum", most);
        yield whole;
      }
      case Type.Crowd(int most) -> {
        Map<String, Object> range = map("type", "object");
        range.put("additionalProperties", false);
        range.put("required", List.of("min", "max"));
        Map<String, Object> ends = map("min", schema(new Type.Whole(0, most)));
        ends.put("max", schema(new Type.Whole(1, most)));
        range.put("properties", ends);
        yield map("anyOf", List.of(schema(new Type.Whole(1, most)), range));
      }
      case Type.Span(Duration least) -> span(!least.isZero());
      case Type.Size size -> text(Sizes.PATTERN);
      case Type.Flag flag -> map("type", "boolean");
      case Type.Word(List<String> words) -> map("enum", words);
      case Type.Text(String form, String pattern) -> text(pattern);
      case Type.Secret(int least) -> {
        Map<String, Object> secret = map("type", "string");
        secret.put("minLength", least);
        yield secret;
      }
      case Type.Texts texts -> {
        Map<String, Object> list = map("type", "array");
        list.put("items", text("\\s*\\S.*"));
        yield map("anyOf", List.of(text("\\s*\\S.*"), list));
      }
      case Type.Programs programs -> {
        Map<String, Object> path = text("/.*");
        Map<String, Object> restricted = map("type", "object");
        restricted.put("additionalProperties", false);
        restricted.put("required", List.of("path"));
        Map<String, Object> parts = map("path", path);
        parts.put("args", map("type", "string"));
        restricted.put("properties", parts);
        Map<String, Object> list = map("type", "array");
        list.put("items", map("anyOf", List.of(path, restricted)));
        yield map("anyOf", List.of(path, list));
      }
      case Type.Tables tables -> {
        Map<String, Object> columns = map("type", "object");
        columns.put("minProperties", 1);
        columns.put("additionalProperties", text("int|float|string\\([0-9]{1,6}\\)"));
        Map<String, Object> rows = map("type", "integer");
        rows.put("minimum", 1);
        rows.put("maximum", TableConfig.MOST_ROWS);
        Map<String, Object> parts = map("rows", rows);
        parts.put("columns", columns);
        Map<String, Object> table = map("type", "object");
        table.put("additionalProperties", false);
        table.put("required", List.of("rows", "columns"));
        table.put("properties", parts);
        Map<String, Object> all = map("type", "object");
        all.put("additionalProperties", table);
        yield all;
      }
      case Type.Shipped shipped -> {
        Map<String, Object> parts = map("enabled", map("type", "boolean"));
        Map<String, Object> key = map("type", "string");
        key.put("minLength", 16);
        parts.put("key", key);
        Map<String, Object> all = map("type", "object");
        all.put("additionalProperties", false);
        all.put("properties", parts);
        yield all;
      }
      case Type.Logins logins -> {
        Map<String, Object> roles = map("enum", List.of("read", "operate", "admin"));
        Map<String, Object> token = map("role", roles);
        token.put("token", text(".{20,}"));
        Map<String, Object> user = map("role", roles);
        user.put("user", text("[^:]{1,100}"));
        user.put("password", text("pbkdf2-sha256:.+"));
        Map<String, Object> login = map("anyOf", List.of(all(token), all(user)));
        Map<String, Object> list = map("type", "array");
        list.put("items", login);
        yield map("anyOf", List.of(login, list));
      }
      case Type.Certificate certificate -> {
        Map<String, Object> pem = map("certificate", map("type", "string"));
        pem.put("key", map("type", "string"));
        Map<String, Object> keystore = map("keystore", map("type", "string"));
        keystore.put("password", map("type", "string"));
        yield map("anyOf", List.of(all(pem), all(keystore)));
      }
      case Type.Waits waits -> {
        Map<String, Object> list = map("type", "array");
        list.put("minItems", 1);
        list.put("items", span(false));
        Map<String, Object> doubling = map("type", "object");
        doubling.put("additionalProperties", false);
        doubling.put("required", List.of("from", "to"));
        Map<String, Object> ends = map("from", span(true));
        ends.put("to", span(true));
        doubling.put("properties", ends);
        yield map("anyOf", List.of(span(false), list, doubling));
      }
    };
  }

  /** An object with each of these fields and no other. */
  private static Map<String, Object> all(Map<String, Object> fields) {
    Map<String, Object> object = map("type", "object");
    object.put("additionalProperties", false);
    object.put("required", List.copyOf(fields.keySet()));
    object.put("properties", fields);
    return object;
  }

  private static Map<String, Object> span(boolean positive) {
    String parts = "(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m(?!s))?([0-9]+s)?([0-9]+ms)?";
    return positive
        ? text("(?=.*[1-9])" + parts)
        : map("anyOf", List.of(map("const", 0), text("(0|" + parts + ")")));
  }

  private static Map<String, Object> text(String pattern) {
    Map<String, Object> text = map("type", "string");
    text.put("pattern", whole(pattern));
    return text;
  }

  private static String whole(String pattern) {
    return "^(" + pattern + ")$";
  }

  @SuppressWarnings("unchecked") // section put it there
  private static Map<String, Object> properties(Map<String, Object> section) {
    return (Map<String, Object>) section.get("properties");
  }

  private static Map<String, Object> map(String key, Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }
}
