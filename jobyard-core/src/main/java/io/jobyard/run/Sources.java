package io.jobyard.run;

import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The queues that a dispatcher leases from, in turn, so that a long one holds up no other. Guarded
 * by its dispatcher's lock.
 */
final class Sources {
  private final Deque<Source> turns = new ArrayDeque<>();

  /** One queue, and when to ask for its jobs. */
  record Source(QueueConfig queue, Lookout lookout) {}

  Sources(Pool pool) {
    pool.queues().forEach(queue -> turns.add(new Source(queue, new Lookout(queue))));
  }

  /** Jobs may be waiting in this queue; null for all. */
  void wake(@Nullable String queue) {
    for (Source source : turns) {
      if (queue == null || source.queue.name().equals(queue)) {
        source.lookout.wake();
      }
    }
  }

  /** What could not be taken may be taken now. */
  void freed() {
    turns.forEach(source -> source.lookout.freed());
  }

  boolean due(long now) {
    return turns.stream().anyMatch(source -> source.lookout.due(now));
  }

  long untilDue(long now) {
    return turns.stream().mapToLong(source -> source.lookout.untilDue(now)).min().orElseThrow();
  }

  /** Whose turn it is, of those that are due. */
  Source next(long now) {
    for (int i = 0; i < turns.size(); i++) {
      Source source = turns.remove();
      turns.add(source);
      if (source.lookout.due(now)) {
        return source;
      }
    }
    throw new IllegalStateException("no queue is due");
  }

  /** Its part of the room, where others have a claim to it too. */
  int share(int room, long now) {
    long claims = turns.stream().filter(source -> source.lookout.due(now)).count();
    return (int) Math.max(1, room / Math.max(1, claims));
  }
}
