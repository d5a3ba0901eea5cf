package io.jobyard.run;

import io.jobyard.codec.ValueType;
import io.jobyard.store.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Gathers jobs of one {@code pushAll} for few, not too large, round trips. For one thread. */
final class PushBatch {
  static final int MOST_JOBS = 1_000;
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private final PushPort port;
  private final BiConsumer<UUID, @Nullable ValueType> stored;
  private final List<NewJob> jobs = new ArrayList<>();
  private final List<@Nullable ValueType> values = new ArrayList<>();
  private long bytes;

  /**
   * @param stored called for each job once it is durable, in order
   */
  PushBatch(PushPort port, BiConsumer<UUID, @Nullable ValueType> stored) {
    this.port = port;
    this.stored = stored;
  }

  void add(NewJob job, @Nullable ValueType value) {
    int size = job.payload().bytes().length;
    if (jobs.size() == MOST_JOBS || bytes + size > MOST_BYTES) {
      flush();
    }
    jobs.add(job);
    values.add(value);
    bytes += size;
  }

  void flush() {
    if (jobs.isEmpty()) {
      return;
    }
    List<UUID> ids = port.push(List.copyOf(jobs));
    for (int i = 0; i < ids.size(); i++) {
      stored.accept(ids.get(i), values.get(i));
    }
    jobs.clear();
    values.clear();
    bytes = 0;
  }
}
