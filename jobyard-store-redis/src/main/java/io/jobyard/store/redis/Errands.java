package io.jobyard.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the last look for orphans saw in each line beside them: kept jobs whose time is over, pushes
 * on their way to other lines. Whoever asks for those right after it need not ask where there are
 * none, so that an idle node asks little. Safe for any thread.
 */
final class Errands {
  private static final Duration FRESH = Duration.ofMillis(100);
  private static final int PURGE = 1;
  private static final int DELIVER = 2;

  private final Map<Line, Integer> seen = new ConcurrentHashMap<>();
  private volatile long since = System.nanoTime() - FRESH.toNanos();

  void begin() {
    seen.clear();
    since = System.nanoTime();
  }

  void saw(Line line, int what) {
    seen.put(line, what);
  }

  /** Where pushes are on their way. */
  List<Line> deliveries() {
    return with(DELIVER);
  }

  /** Whether {@link #purges} tells all that is to be purged. True once for each look. */
  boolean areFresh() {
    long now = System.nanoTime();
    boolean fresh = now - since < FRESH.toNanos();
    since = now - FRESH.toNanos();
    return fresh;
  }

  /** Where kept jobs are over. */
  List<Line> purges() {
    return with(PURGE);
  }

  private List<Line> with(int what) {
    List<Line> lines = new ArrayList<>();
    seen.forEach((line, all) -> {
      if ((all & what) != 0) {
        lines.add(line);
      }
    });
    return lines;
  }
}
