package io.jobyard.codec;

import io.jobyard.store.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Reads payloads of one class. Safe for use by many threads. */
final class PayloadReader<T> {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_FIELDS = "{}".getBytes(StandardCharsets.US_ASCII);

  private final Class<? extends T> type;
  private final JsonMapper mapper;
  private final ObjectReader reader;

  PayloadReader(Class<? extends T> type, JsonMapper mapper) {
    this.type = type;
    this.mapper = mapper;
    this.reader = mapper.readerFor(type);
  }

  /**
   * @throws PayloadMismatch if it does not fit; names the field
   */
  T read(Payload payload) {
    byte[] json = Payloads.json(type.getSimpleName(), payload);
    try {
      // A push by kind without a payload means a job without arguments.
      Object arguments = reader.readValue(Arrays.equals(json, NULL) ? NO_FIELDS : json);
      if (arguments == null) {
        throw new PayloadMismatch("payload of " + type.getSimpleName() + " is null", null);
      }
      return type.cast(arguments);
    } catch (JacksonException e) {
      throw Payloads.mismatch(type.getSimpleName(), misspelt(json).orElse(e));
    }
  }

  /**
   * Jackson looks for missing fields first; of a misspelt one, the name that is there says more.
   */
  private Optional<JacksonException> misspelt(byte[] json) {
    try {
      Json.lenient(mapper).readerFor(type).readValue(json);
      return Optional.empty();
    } catch (UnrecognizedPropertyException e) {
      return Optional.of(e);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
