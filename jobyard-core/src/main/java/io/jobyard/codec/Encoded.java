package io.jobyard.codec;

import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A job as it will be stored.
 *
 * @param queue the one its class names; null where it names none
 * @param settings what its class decides
 * @param task whether it returns a value, or may: of a job pushed by kind nobody knows here
 * @param value the type of that value; null where there is none
 */
public record Encoded(
    String kind,
    Payload payload,
    @Nullable String queue,
    JobSettings settings,
    boolean task,
    @Nullable ValueType value) {}
