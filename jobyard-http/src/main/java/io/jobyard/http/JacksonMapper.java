package io.jobyard.http;

import io.javalin.json.JsonMapper;
import io.jobyard.view.Json;
import java.lang.reflect.Type;

/** Javalin's way to JSON, through Jackson 3. Only writes: what comes in is read field by field. */
final class JacksonMapper implements JsonMapper {
  @Override
  public String toJsonString(Object value, Type type) {
    return Json.write(Json.tree(value));
  }
}
