package io.jobyard.codec;

import io.jobyard.JobContext;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * A method's arguments as a JSON array. A {@link JobContext} parameter has no place in it: it gets
 * the running job. Safe for use by many threads.
 */
final class Arguments {
  private final String owner;
  private final JsonMapper mapper;
  private final List<@Nullable JavaType> types = new ArrayList<>();
  private final List<@Nullable ObjectReader> readers = new ArrayList<>();
  private final long carried;

  /**
   * @param owner the method's kind, for messages
   */
  Arguments(String owner, Method method, JsonMapper mapper) {
    this.owner = owner;
    this.mapper = mapper;
    for (Type parameter : method.getGenericParameterTypes()) {
      JavaType type = parameter == JobContext.class ? null : mapper.constructType(parameter);
      types.add(type);
      readers.add(
          type == null
              ? null
              : mapper
                  .readerFor(type)
                  // What follows an argument is the next one.
                  .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
    }
    this.carried = types.stream().filter(type -> type != null).count();
  }

  /**
   * @throws JacksonException if JSON cannot carry one of them
   */
  byte[] write(@Nullable Object[] arguments) {
    var bytes = new ByteArrayOutputStream(128);
    try (JsonGenerator json = mapper.createGenerator(bytes)) {
      json.writeStartArray();
      for (int i = 0; i < arguments.length; i++) {
        JavaType type = types.get(i);
        if (type != null) {
          (type.isJavaLangObject() ? mapper.writer() : mapper.writerFor(type))
              .writeValue(json, arguments[i]);
        }
      }
      json.writeEndArray();
    }
    return bytes.toByteArray();
  }

  /**
   * @throws PayloadMismatch if they do not fit the parameters; names the argument
   */
  @Nullable Object[] read(byte[] array, @Nullable JobContext job) {
    var arguments = new @Nullable Object[types.size()];
    int position = 0;
    try (JsonParser json = mapper.createParser(array)) {
      JsonToken first = json.nextToken();
      if (first == JsonToken.VALUE_NULL && carried == 0) {
        fill(arguments, job);
        end(json);
        return arguments;
      }
      if (first == JsonToken.START_OBJECT && carried == 1) {
        return onlyOne(json, arguments, job);
      }
      if (first != JsonToken.START_ARRAY) {
        throw mismatch("is not a JSON array of its arguments");
      }
      for (int i = 0; i < arguments.length; i++) {
        ObjectReader reader = readers.get(i);
        if (reader == null) {
          arguments[i] = job;
          continue;
        }
        position++;
        if (json.nextToken() == JsonToken.END_ARRAY) {
          throw mismatch("has " + (position - 1) + " arguments, it takes " + carried);
        }
        arguments[i] = reader.readValue(json);
      }
      if (json.nextToken() != JsonToken.END_ARRAY) {
        throw mismatch("has more than the " + carried + " arguments it takes");
      }
      end(json);
      return arguments;
    } catch (JacksonException e) {
      String argument = position == 0 ? "" : "argument " + position + ": ";
      throw new PayloadMismatch("payload of " + owner + ": " + argument + Payloads.reason(e), e);
    }
  }

  /** One object alone is taken for the only argument: it is how other languages push it. */
  private @Nullable Object[] onlyOne(
      JsonParser json, @Nullable Object[] arguments, @Nullable JobContext job) {
    for (int i = 0; i < arguments.length; i++) {
      ObjectReader reader = readers.get(i);
      arguments[i] = reader == null ? job : reader.readValue(json);
    }
    end(json);
    return arguments;
  }

  private static void fill(@Nullable Object[] arguments, @Nullable JobContext job) {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = job;
    }
  }

  private void end(JsonParser json) {
    if (json.nextToken() != null) {
      throw mismatch("goes on after its JSON");
    }
  }

  private PayloadMismatch mismatch(String what) {
    return new PayloadMismatch("payload of " + owner + " " + what, null);
  }
}
