package io.jobyard.store;

import io.jobyard.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The right to run a job until the session that took it ends.
 *
 * @param slot as pushed; null for any
 * @param readyAt since when it could have run: the later of its push and its due time, by the
 *     store's clock
 * @param errors its history, oldest first; empty in phase RUN, where nobody needs it
 * @param meta as pushed
 */
public record Lease(
    Standing standing,
    String kind,
    Payload payload,
    int priority,
    @Nullable Integer slot,
    Instant readyAt,
    List<Failure> errors,
    @Nullable String meta) {
  public LeaseKey key() {
    return standing.key();
  }

  /** The same with what its class decides where its push decided nothing. */
  public Lease withClassSettings(JobSettings ofClass) {
    return ofClass.isEmpty()
        ? this
        : with(standing.settings().orElse(ofClass), standing.counts(), standing.phase(), errors);
  }

  /** The same lease in its last phase, after a settlement that let it stay. */
  public Lease failing(Counts counts, List<Failure> history) {
    return with(standing.settings(), counts, Phase.FAILING, history);
  }

  private Lease with(JobSettings settings, Counts counts, Phase phase, List<Failure> history) {
    Standing changed =
        new Standing(key(), standing.queue(), standing.task(), settings, counts, phase);
    return new Lease(changed, kind, payload, priority, slot, readyAt, history, meta);
  }
}
