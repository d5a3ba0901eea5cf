package io.jobyard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job to be stored.
 *
 * @param id made by the producer, a UUIDv7
 * @param externalId unique in the store, or null
 * @param due when it may run
 * @param priority smaller goes first
 * @param slot the worker slot it is pinned to, as {@link Slots} counts them; null for any
 * @param task whether a value is expected, to be kept for {@code result-ttl}
 * @param settings what the push and the class decided; travels with the job
 * @param uniqueKey reserved; null for none
 * @param partitionKey reserved; null for none
 * @param parentId the job that pushed it, or null
 * @param meta JSON for tracing and what comes, or null
 */
public record NewJob(
    UUID id,
    @Nullable String externalId,
    String queue,
    String kind,
    Payload payload,
    Due due,
    int priority,
    @Nullable Integer slot,
    boolean task,
    JobSettings settings,
    @Nullable String uniqueKey,
    @Nullable String partitionKey,
    @Nullable UUID parentId,
    @Nullable String meta) {

  /** A job with nothing but the necessary. */
  public static NewJob of(UUID id, String queue, String kind, byte[] json) {
    return new NewJob(
        id,
        null,
        queue,
        kind,
        Payload.json(json),
        Due.NOW,
        0,
        null,
        false,
        JobSettings.NONE,
        null,
        null,
        null,
        null);
  }

  public NewJob withId(UUID newId) {
    return new NewJob(
        newId,
        externalId,
        queue,
        kind,
        payload,
        due,
        priority,
        slot,
        task,
        settings,
        uniqueKey,
        partitionKey,
        parentId,
        meta);
  }

  public NewJob withDue(Due newDue) {
    return new NewJob(
        id,
        externalId,
        queue,
        kind,
        payload,
        newDue,
        priority,
        slot,
        task,
        settings,
        uniqueKey,
        partitionKey,
        parentId,
        meta);
  }

  /** When a job may run. A delay counts by the store's clock from the moment it is stored. */
  public sealed interface Due {
    Due NOW = new In(Duration.ZERO);

    record In(Duration delay) implements Due {}

    record At(Instant instant) implements Due {}
  }
}
