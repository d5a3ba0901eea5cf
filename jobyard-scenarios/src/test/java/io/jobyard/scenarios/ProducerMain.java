package io.jobyard.scenarios;

import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.util.List;
import java.util.stream.Stream;

/** Pushes one batch after the other until somebody kills it. */
final class ProducerMain {
  static final int BATCH = 500;

  private ProducerMain() {}

  /** Takes the store's URL and a name that goes into every payload. */
  public static void main(String[] args) {
    try (JobStore store = Stores.open(args[0], StoreOptions.defaults())) {
      for (int batch = 1; ; batch++) {
        String fields = "\"batch\":\"" + args[1] + "-" + batch + "\"";
        List<NewJob> jobs =
            Stream.generate(() -> Scene.job(Scene.QUEUE, "any", fields)).limit(BATCH).toList();
        store.push(jobs);
        System.out.println(batch);
      }
    }
  }
}
