package io.jobyard.client;

import io.jobyard.PushRefused;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Jobs as the body of a push. Their ids go along, so that a push can be repeated. */
final class PushBody {
  private static final JsonFactory JSON = new JsonFactory();

  private PushBody() {}

  static byte[] of(List<NewJob> jobs) {
    var out = new ByteArrayOutputStream(256 * jobs.size());
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("jobs");
      jobs.forEach(job -> write(json, job));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, NewJob job) {
    if (!job.payload().codec().equals("json")) {
      throw new PushRefused(
          "the payload of " + job.kind() + " is not JSON and cannot be pushed over HTTP");
    }
    json.writeStartObject();
    json.writeStringProperty("id", job.id().toString());
    json.writeStringProperty("kind", job.kind());
    json.writeStringProperty("queue", job.queue());
    json.writeName("payload");
    json.writeRawValue(new String(job.payload().bytes(), StandardCharsets.UTF_8));
    text(json, "external_id", job.externalId());
    switch (job.due()) {
      case NewJob.Due.At(var instant) -> json.writeStringProperty("at", instant.toString());
      case NewJob.Due.In(var delay) -> {
        if (delay.toMillis() > 0) {
          json.writeStringProperty("delay", Durations.format(delay));
        }
      }
    }
    if (job.priority() != 0) {
      json.writeNumberProperty("priority", job.priority());
    }
    if (job.slot() != null) {
      json.writeNumberProperty("worker", job.slot());
    }
    json.writeBooleanProperty("task", job.task());
    settings(json, job.settings());
    if (job.meta() != null) {
      json.writeName("meta");
      json.writeRawValue(job.meta());
    }
    json.writeEndObject();
  }

  private static void settings(JsonGenerator json, JobSettings settings) {
    if (settings.retries() != null) {
      json.writeNumberProperty("retries", settings.retries());
    }
    text(json, "backoff", settings.backoff() == null ? null : Backoffs.format(settings.backoff()));
    text(json, "timeout", settings.timeout() == null ? null : Durations.format(settings.timeout()));
    if (settings.retryTimeouts() != null) {
      json.writeBooleanProperty("retry_timeouts", settings.retryTimeouts());
    }
  }

  private static void text(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
  }
}
