package io.jobyard.talk;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import java.util.function.Consumer;

/** Where signals are heard. */
@FunctionalInterface
public interface Air {
  /**
   * Hears every signal of a topic from now on; the ear must return quickly.
   *
   * @throws io.jobyard.StoreUnavailable if that cannot be arranged now
   */
  Subscription hear(String topic, Consumer<Signal> ear);
}
