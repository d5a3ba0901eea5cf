package io.jobyard;

import io.jobyard.codec.Names;

/** Whom a running job's message is for; see {@link JobContext#send(Address, Object)}. */
public sealed interface Address {
  /** Whoever holds the job's handle and listens: see {@link JobHandle#onMessage}. */
  static Address producer() {
    return new Producer();
  }

  /** Every worker of a queue, on every node: the sender's own process too, if it is one. */
  static Address allOf(String queue) {
    return new AllOf(queue);
  }

  /**
   * The queue's worker of this number, from 0, as in {@link PushOptions#worker}: on every node that
   * has so many.
   */
  static Address slot(String queue, int number) {
    return new Slot(queue, number);
  }

  /** One worker process; {@link Message#sender} is one, and {@code worker status} lists them. */
  static Address worker(String node, long pid) {
    return new Worker(node, pid);
  }

  record Producer() implements Address {}

  record AllOf(String queue) implements Address {
    public AllOf {
      check(queue);
    }
  }

  record Slot(String queue, int number) implements Address {
    public Slot {
      check(queue);
      if (number < 0) {
        throw new IllegalArgumentException("a worker's number is 0 or more, got " + number);
      }
    }
  }

  record Worker(String node, long pid) implements Address {
    public Worker {
      if (node.isBlank()) {
        throw new IllegalArgumentException("a worker's node must not be blank, got '" + node + "'");
      }
    }
  }

  private static void check(String queue) {
    String flaw = Names.flaw(queue);
    if (flaw != null) {
      throw new IllegalArgumentException("the queue of an address " + flaw);
    }
  }
}
