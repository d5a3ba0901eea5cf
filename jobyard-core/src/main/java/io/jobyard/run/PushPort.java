package io.jobyard.run;

import io.jobyard.store.NewJob;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link JobPusher} hands its jobs over: the store for an application, the node for a
 * running job. Safe for use by many threads.
 */
@FunctionalInterface
public interface PushPort {
  /** See {@link io.jobyard.store.ProducerStore#push(List)}. */
  List<UUID> push(List<NewJob> jobs);

  /**
   * For a job that {@link #push} took but has not stored yet: ends with the id under which the
   * store has it, or with the reason why it never will. Null where a push stores at once. To be
   * asked once a job, right after the push.
   */
  default @Nullable CompletableFuture<UUID> stored(UUID id) {
    return null;
  }

  /** The job that pushes; null for an application. */
  default @Nullable UUID parent() {
    return null;
  }

  /**
   * Called with true when a thread begins to wait for a job and with false when it goes on, so that
   * a running job can lend its slot in between. The second call may block until there is a slot.
   */
  default void awaiting(boolean waiting) {}
}
