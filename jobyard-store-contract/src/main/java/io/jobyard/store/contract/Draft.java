package io.jobyard.store.contract;

import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job being written down for a test; its ids are random, so that no store can order by them by
 * mistake.
 */
final class Draft {
  private final UUID id;
  private @Nullable String externalId;
  private String queue = Actor.QUEUE;
  private String kind = "kind";
  private Payload payload = Payload.json("{}".getBytes(StandardCharsets.UTF_8));
  private NewJob.Due due = NewJob.Due.NOW;
  private int priority;
  private @Nullable Integer slot;
  private boolean task;
  private JobSettings settings = JobSettings.NONE;
  private @Nullable UUID parentId;
  private @Nullable String meta;

  private Draft(UUID id) {
    this.id = id;
  }

  static Draft job() {
    return new Draft(UUID.randomUUID());
  }

  static Draft job(UUID id) {
    return new Draft(id);
  }

  Draft externalId(String value) {
    externalId = value;
    return this;
  }

  Draft queue(String name) {
    queue = name;
    return this;
  }

  Draft kind(String name) {
    kind = name;
    return this;
  }

  Draft payload(byte[] bytes) {
    payload = Payload.json(bytes);
    return this;
  }

  Draft payload(Payload value) {
    payload = value;
    return this;
  }

  Draft in(Duration delay) {
    due = new NewJob.Due.In(delay);
    return this;
  }

  Draft at(Instant instant) {
    due = new NewJob.Due.At(instant);
    return this;
  }

  Draft priority(int rank) {
    priority = rank;
    return this;
  }

  Draft slot(@Nullable Integer number) {
    slot = number;
    return this;
  }

  Draft task() {
    task = true;
    return this;
  }

  Draft settings(JobSettings value) {
    settings = value;
    return this;
  }

  Draft parent(UUID value) {
    parentId = value;
    return this;
  }

  Draft meta(String json) {
    meta = json;
    return this;
  }

  NewJob done() {
    return new NewJob(
        id,
        externalId,
        queue,
        kind,
        payload,
        due,
        priority,
        slot,
        task,
        settings,
        null,
        null,
        parentId,
        meta);
  }
}
