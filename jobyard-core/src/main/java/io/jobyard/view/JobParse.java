package io.jobyard.view;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what {@link JobJson#shown} wrote. */
public final class JobParse {
  private JobParse() {}

  /** The job; its payload and result are as they were shown. */
  public static JobView job(JsonNode node) {
    JsonNode result = node.path("result");
    JsonNode meta = node.path("meta");
    return new JobView(
        UUID.fromString(node.path("id").asString()),
        node.path("seq").asLong(),
        text(node, "external_id"),
        node.path("queue").asString(),
        node.path("kind").asString(),
        JobState.valueOf(node.path("state").asString()),
        Payload.json(Json.bytes(node.path("payload"))),
        node.path("priority").asInt(),
        node.path("worker").isNumber() ? node.path("worker").asInt() : null,
        node.path("task").asBoolean(),
        settings(node),
        counts(node.path("counts")),
        Phase.valueOf(node.path("phase").asString()),
        node.path("fence").asLong(),
        moment(node, "pushed_at", Instant.EPOCH),
        moment(node, "run_at", Instant.EPOCH),
        moment(node, "started_at"),
        moment(node, "finished_at"),
        text(node, "node"),
        node.path("cancel_requested").asBoolean(),
        node.path("errors").valueStream().map(JobParse::error).toList(),
        node.path("log").valueStream().map(JsonNode::asString).toList(),
        result.isNull() || result.isMissingNode() ? null : Json.bytes(result),
        text(node, "parent_id") == null ? null : UUID.fromString(node.path("parent_id").asString()),
        meta.isObject() ? Json.write(meta) : null);
  }

  private static JobSettings settings(JsonNode node) {
    String backoff = text(node, "backoff");
    String timeout = text(node, "timeout");
    return new JobSettings(
        node.path("retries").isNumber() ? node.path("retries").asInt() : null,
        backoff == null ? null : Backoffs.parse(backoff),
        timeout == null ? null : Durations.parse(timeout),
        node.path("retry_timeouts").isBoolean() ? node.path("retry_timeouts").asBoolean() : null);
  }

  private static Counts counts(JsonNode node) {
    return new Counts(
        node.path("failed").asInt(),
        node.path("crashed").asInt(),
        node.path("lost").asInt(),
        node.path("handler_crashes").asInt());
  }

  private static Failure error(JsonNode node) {
    return new Failure(
        FailureType.of(node.path("type").asString()),
        node.path("class").asString(),
        node.path("message").asString(),
        node.path("stack").asString(),
        moment(node, "at", Instant.EPOCH),
        node.path("node").asString(),
        node.path("worker_pid").asLong(),
        text(node, "thread_dump"));
  }

  private static Instant moment(JsonNode node, String name, Instant otherwise) {
    Instant moment = moment(node, name);
    return moment == null ? otherwise : moment;
  }

  private static @Nullable Instant moment(JsonNode node, String name) {
    String text = text(node, name);
    return text == null ? null : Instant.parse(text);
  }

  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isString() ? value.asString() : null;
  }
}
