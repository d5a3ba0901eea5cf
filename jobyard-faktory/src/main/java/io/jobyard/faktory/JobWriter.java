package io.jobyard.faktory;

import io.jobyard.Failure;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes jobs as the protocol has them. */
final class JobWriter {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int UUID_BY_TIME = 7;

  private JobWriter() {}

  /**
   * A job for the worker that fetched it.
   *
   * @param retries of its queue, where it does not say
   * @param reserveFor how long the worker may take; zero is no limit
   * @param history its errors
   */
  static byte[] fetched(
      Lease lease, String jid, int retries, Duration reserveFor, List<Failure> history) {
    Meta meta = Meta.read(lease.meta());
    JobSettings settings = lease.standing().settings();
    var bytes = new ByteArrayOutputStream(256 + lease.payload().bytes().length);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      head(json, jid, lease.standing().queue(), lease.kind(), lease.payload());
      json.writeNumberProperty("priority", Priorities.priority(lease.priority()));
      json.writeStringProperty("created_at", created(meta, lease.key().id(), lease.readyAt()));
      json.writeStringProperty("enqueued_at", lease.readyAt().toString());
      Duration limit = reserveFor.isZero() ? LONGEST : reserveFor;
      json.writeNumberProperty("reserve_for", Math.max(1, limit.toSeconds()));
      int retry = retry(meta, settings, retries);
      json.writeNumberProperty("retry", retry);
      tail(json, meta, lease.standing().counts(), retry, history);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /** A job of one of the sets, for patterns to be held against. */
  static String listed(JobView job) {
    Meta meta = Meta.read(job.meta());
    var bytes = new ByteArrayOutputStream(256 + job.payload().bytes().length);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      head(json, jid(job), job.queue(), job.kind(), job.payload());
      json.writeNumberProperty("priority", Priorities.priority(job.priority()));
      json.writeStringProperty("created_at", created(meta, job.id(), job.pushedAt()));
      json.writeStringProperty("at", job.runAt().toString());
      tail(json, meta, job.counts(), retry(meta, job.settings(), 0), job.errors());
      json.writeEndObject();
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The name of a job on the wire. */
  static String jid(JobView job) {
    String external = job.externalId();
    return external != null ? external : job.id().toString();
  }

  private static void head(
      JsonGenerator json, String jid, String queue, String kind, Payload payload) {
    json.writeStringProperty("jid", jid);
    json.writeStringProperty("queue", queue);
    json.writeStringProperty("jobtype", kind);
    json.writeName("args");
    json.writeRawValue(arguments(payload));
  }

  private static void tail(
      JsonGenerator json, Meta meta, Counts counts, int retry, List<Failure> history) {
    if (meta.backtrace() != 0) {
      json.writeNumberProperty("backtrace", meta.backtrace());
    }
    if (meta.custom() != null) {
      json.writeName("custom");
      json.writeRawValue(meta.custom());
    }
    if (!history.isEmpty()) {
      json.writeName("failure");
      failure(json, counts, retry, history);
    }
  }

  private static void failure(JsonGenerator json, Counts counts, int retry, List<Failure> history) {
    Failure last = history.getLast();
    int again = Math.max(0, counts.charged() - 1);
    json.writeStartObject();
    json.writeNumberProperty("retry_count", again);
    json.writeNumberProperty("remaining", Math.max(0, retry - again));
    json.writeStringProperty("failed_at", history.getFirst().at().toString());
    json.writeStringProperty("message", last.message());
    json.writeStringProperty(
        "errtype", last.className().isEmpty() ? last.type().word() : last.className());
    json.writeName("backtrace");
    json.writeStartArray();
    last.stack().lines().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  /** An object, as Java's jobs have it, is a list of one; nothing is an empty one. */
  private static String arguments(Payload payload) {
    String json = new String(payload.bytes(), StandardCharsets.UTF_8).strip();
    if (json.startsWith("[")) {
      return json;
    }
    return json.isEmpty() || json.equals("null") ? "[]" : "[" + json + "]";
  }

  private static int retry(Meta meta, JobSettings settings, int retries) {
    if (meta.retry() != null) {
      return meta.retry();
    }
    return settings.retries() != null ? settings.retries() : retries;
  }

  private static String created(Meta meta, UUID id, Instant otherwise) {
    if (meta.createdAt() != null) {
      return meta.createdAt();
    }
    Instant at =
        id.version() == UUID_BY_TIME
            ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16)
            : otherwise;
    return at.toString();
  }

  /** The name that a fetched job has on the wire. */
  static String jid(Lease lease) {
    @Nullable String own = Meta.read(lease.meta()).jid();
    return own != null ? own : lease.key().id().toString();
  }
}
