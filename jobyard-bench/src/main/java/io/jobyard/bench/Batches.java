package io.jobyard.bench;

import io.jobyard.run.Ids;
import io.jobyard.store.NewJob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Ready-made jobs, so that making them is not measured. */
final class Batches {
  /** How many jobs go to the store at once. */
  static final int SIZE = 1_000;

  private static final Ids IDS = new Ids();
  private static final byte[] PAYLOAD =
      "{\"text\":\"%s\"}".formatted(NoOp.filled().text()).getBytes(StandardCharsets.UTF_8);

  private Batches() {}

  /** So many no-op jobs for a queue, in batches of at most {@link #SIZE}. */
  static List<List<NewJob>> of(String queue, int jobs) {
    List<List<NewJob>> batches = new ArrayList<>();
    for (int left = jobs; left > 0; left -= SIZE) {
      batches.add(batch(queue, Math.min(left, SIZE)));
    }
    return batches;
  }

  static NewJob one(String queue) {
    return NewJob.of(IDS.next(), queue, NoOp.class.getName(), PAYLOAD);
  }

  private static List<NewJob> batch(String queue, int jobs) {
    List<NewJob> batch = new ArrayList<>(jobs);
    for (int i = 0; i < jobs; i++) {
      batch.add(one(queue));
    }
    return List.copyOf(batch);
  }
}
