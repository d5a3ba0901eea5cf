package io.jobyard.scenarios;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Pushes jobs that take room and that nobody runs, and keeps in mind which were acknowledged and
 * how others were refused. For one thread.
 */
final class Freight {
  private static final String QUEUE = "freight";
  private static final int BYTES = 75_000;

  private final Random random = new Random(4711);
  private final Set<UUID> acknowledged = new LinkedHashSet<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final JobStore store;

  Freight(JobStore store) {
    this.store = store;
  }

  /** What a push was told, and after what time. */
  private record Refusal(String message, Duration after) {
    boolean namesTheDisk() {
      return message.contains("disk is full") || message.contains("No space left on device");
    }
  }

  /** Pushes one; says whether it was acknowledged. */
  boolean push() {
    byte[] load = new byte[BYTES]; // at random, or the server would store next to nothing
    random.nextBytes(load);
    String text = Base64.getEncoder().encodeToString(load);
    NewJob job = Scene.job(QUEUE, "freight", "\"load\":\"" + text + "\"");
    long asked = System.nanoTime();
    try {
      return acknowledged.addAll(store.push(List.of(job)));
    } catch (StoreUnavailable e) {
      refusals.add(new Refusal(e.getMessage(), Duration.ofNanos(System.nanoTime() - asked)));
      return false;
    }
  }

  boolean refused() {
    return !refusals.isEmpty();
  }

  /** Whether every refusal said that there is no room. */
  boolean onlyForTheDisk() {
    return refusals.stream().allMatch(Refusal::namesTheDisk);
  }

  /** After what time the slowest refusal came. */
  Duration slowest() {
    return refusals.stream().map(Refusal::after).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  void print(String what) {
    System.out.printf(
        "%s: %d acknowledged, %d refused within at most %d ms: %s%n",
        what,
        acknowledged.size(),
        refusals.size(),
        slowest().toMillis(),
        refusals.stream().map(Refusal::message).distinct().toList());
  }

  /** Those that were acknowledged and are not in the store. */
  Set<UUID> missing() {
    Set<UUID> missing = new LinkedHashSet<>(acknowledged);
    acknowledged.forEach(id -> store.find(List.of(id)).forEach(job -> missing.remove(job.id())));
    return missing;
  }
}
