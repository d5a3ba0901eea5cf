package io.jobyard.stats;

import io.jobyard.store.QueueStatus;
import java.util.Collection;

/**
 * How many jobs stood where at one moment.
 *
 * @param oldestMs how long the oldest ready job had waited; 0 where none did
 * @param ever jobs pushed since the store began
 */
public record Backlog(long ready, long scheduled, long running, long oldestMs, long ever) {
  private static final int VERSION = 1;

  static Backlog of(QueueStatus queue) {
    Long oldest = queue.oldestReadyMs();
    return new Backlog(
        queue.ready(),
        queue.scheduled(),
        queue.running(),
        oldest == null ? 0 : oldest,
        queue.ready()
            + queue.scheduled()
            + queue.running()
            + queue.succeeded()
            + queue.failed()
            + queue.cancelled()
            + queue.forgotten());
  }

  /** All queues as one. */
  static Backlog of(Collection<QueueStatus> queues) {
    return queues.stream()
        .map(Backlog::of)
        .reduce(
            new Backlog(0, 0, 0, 0, 0),
            (a, b) ->
                new Backlog(
                    a.ready + b.ready,
                    a.scheduled + b.scheduled,
                    a.running + b.running,
                    Math.max(a.oldestMs, b.oldestMs),
                    a.ever + b.ever));
  }

  /** The greatest of each of two looks. */
  Backlog greatest(Backlog other) {
    return new Backlog(
        Math.max(ready, other.ready),
        Math.max(scheduled, other.scheduled),
        Math.max(running, other.running),
        Math.max(oldestMs, other.oldestMs),
        Math.max(ever, other.ever));
  }

  /** Whether nothing is to be done. */
  boolean quiet() {
    return ready == 0 && scheduled == 0 && running == 0;
  }

  byte[] bytes() {
    return new Packed.Out()
        .number(VERSION)
        .number(ready)
        .number(scheduled)
        .number(running)
        .number(oldestMs)
        .number(ever)
        .bytes();
  }

  static Backlog read(byte[] stored) {
    Packed.In in = new Packed.In(stored);
    return in.number() == VERSION
        ? new Backlog(in.number(), in.number(), in.number(), in.number(), in.number())
        : new Backlog(0, 0, 0, 0, 0);
  }
}
