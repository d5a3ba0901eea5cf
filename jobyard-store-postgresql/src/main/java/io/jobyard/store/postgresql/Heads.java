package io.jobyard.store.postgresql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link Head} of each queue's line, by its number. Safe for any thread. */
final class Heads {
  private final Map<Integer, Head> heads = new ConcurrentHashMap<>();

  Head of(int queue) {
    return heads.computeIfAbsent(queue, number -> new Head());
  }
}
