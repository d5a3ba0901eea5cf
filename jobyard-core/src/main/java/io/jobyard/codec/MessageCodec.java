package io.jobyard.codec;

import io.jobyard.JobyardException;
import io.jobyard.Message;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Live messages, to and from JSON as jobs are. Costs nothing before the first. Safe for use by many
 * threads.
 */
public final class MessageCodec {
  private volatile @Nullable JsonMapper made;

  /**
   * Writes what is to be sent.
   *
   * @throws JobyardException if JSON cannot carry it, or it is too large
   */
  public byte[] write(@Nullable Object message) {
    if (message == null) {
      throw new JobyardException("a message cannot be null; send a value");
    }
    byte[] json;
    try {
      json = mapper().writeValueAsBytes(message);
    } catch (JacksonException e) {
      throw new JobyardException(
          "a message of %s cannot be written as JSON: %s"
              .formatted(message.getClass().getName(), Payloads.reason(e)),
          e);
    }
    if (json.length > Message.MAX_BYTES) {
      throw new JobyardException(
          "a message of %s is %,d bytes of JSON, at most %,d are allowed; store it elsewhere and send its name"
              .formatted(message.getClass().getName(), json.length, Message.MAX_BYTES));
    }
    return json;
  }

  /**
   * Reads what was sent.
   *
   * @param job whose message it is
   * @throws JobyardException if it is not one of this type
   */
  public <T> T read(byte[] json, Class<T> type, UUID job) {
    T value;
    try {
      value = mapper().readValue(json, type);
    } catch (JacksonException e) {
      throw new JobyardException(
          "a message of job %s is no %s: %s".formatted(job, type.getName(), Payloads.reason(e)), e);
    }
    if (value == null) {
      throw new JobyardException("a message of job %s is null".formatted(job));
    }
    return value;
  }

  /** Two threads may make one each at first; that harms nothing. */
  private JsonMapper mapper() {
    JsonMapper mapper = made;
    if (mapper == null) {
      mapper = Json.mapper();
      made = mapper;
    }
    return mapper;
  }
}
