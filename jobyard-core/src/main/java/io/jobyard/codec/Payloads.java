package io.jobyard.codec;

import io.jobyard.store.JobStore;
import io.jobyard.store.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is said of payloads that do not fit. */
final class Payloads {
  private static final int LONGEST_REASON = 500;

  /** How Jackson begins to say it; it has no exception of its own for this. */
  private static final String MISSING = "Missing required creator property";

  private Payloads() {}

  /** The payload's JSON. @throws PayloadMismatch if it is written some other way */
  static byte[] json(String owner, Payload payload) {
    if (!payload.codec().equals("json") || payload.version() != 1) {
      throw new PayloadMismatch(
          "payload of %s is written as %s %d, this version of Jobyard reads json 1"
              .formatted(owner, payload.codec(), payload.version()),
          null);
    }
    return payload.bytes();
  }

  static PayloadMismatch mismatch(String owner, JacksonException e) {
    return new PayloadMismatch("payload of " + owner + ": " + reason(e), e);
  }

  /** One line that names the field. */
  static String reason(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "field '%s' is not one of %s"
          .formatted(path(unknown.getPath()), known(unknown.getKnownPropertyIds()));
    }
    if (e instanceof StreamReadException && !(e instanceof InputCoercionException)) {
      return "it is not valid JSON: " + firstLine(e.getOriginalMessage());
    }
    String field = path(e.getPath());
    if (firstLine(e.getOriginalMessage()).startsWith(MISSING)) {
      return "field '" + field + "' is missing";
    }
    return (field.isEmpty() ? "" : "field '" + field + "': ") + firstLine(e.getOriginalMessage());
  }

  /** How a sentence goes on about JSON that is too large; null if it is not. */
  static @Nullable String tooLarge(byte[] json) {
    return json.length <= JobStore.MAX_PAYLOAD
        ? null
        : "is %,d bytes of JSON, at most %d MiB are allowed; store it elsewhere and pass its name"
            .formatted(json.length, JobStore.MAX_PAYLOAD / (1024 * 1024));
  }

  private static String path(List<Reference> references) {
    var path = new StringBuilder();
    for (Reference reference : references) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return firstLine(path.toString());
  }

  private static List<String> known(@Nullable Iterable<Object> ids) {
    var names = new ArrayList<String>();
    if (ids != null) {
      ids.forEach(id -> names.add(id.toString()));
    }
    names.sort(null);
    return names;
  }

  private static String firstLine(@Nullable String message) {
    String line = message == null ? "" : message.lines().findFirst().orElse("");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }
}
