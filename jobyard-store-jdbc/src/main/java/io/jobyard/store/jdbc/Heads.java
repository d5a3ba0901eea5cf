package io.jobyard.store.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link Head} of each queue's line, by its number. Safe for any thread. */
public final class Heads {
  private final Map<Integer, Head> heads = new ConcurrentHashMap<>();

  /** The head of one queue. */
  public Head of(int queue) {
    return heads.computeIfAbsent(queue, number -> new Head());
  }
}
