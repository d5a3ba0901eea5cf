package io.jobyard.codec;

import io.jobyard.JobyardException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** The type of a task's value, to and from JSON. Immutable. */
public final class ValueType {
  private final String owner;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  private ValueType(String owner, ObjectReader reader, ObjectWriter writer) {
    this.owner = owner;
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * @param owner whose value it is, for messages
   */
  static ValueType of(String owner, JsonMapper mapper, JavaType type) {
    // The declared type is needed where values inside a list carry type ids.
    ObjectWriter writer = type.isJavaLangObject() ? mapper.writer() : mapper.writerFor(type);
    return new ValueType(owner, mapper.readerFor(type), writer);
  }

  /**
   * Reads a value back.
   *
   * @param json null is no value
   * @throws JobyardException if it is not one of this type
   */
  public @Nullable Object read(byte @Nullable [] json) {
    if (json == null) {
      return null;
    }
    try {
      return reader.readValue(json);
    } catch (JacksonException e) {
      throw new JobyardException(
          "the value of " + owner + " cannot be read back: " + Payloads.reason(e), e);
    }
  }

  /**
   * Writes a value.
   *
   * @throws JobyardException if JSON cannot carry it, or it is too large
   */
  byte[] write(@Nullable Object value) {
    byte[] json;
    try {
      json = writer.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new JobyardException(
          "the value of " + owner + " cannot be written as JSON: " + Payloads.reason(e), e);
    }
    String tooLarge = Payloads.tooLarge(json);
    if (tooLarge != null) {
      throw new JobyardException("the value of " + owner + " " + tooLarge);
    }
    return json;
  }
}
