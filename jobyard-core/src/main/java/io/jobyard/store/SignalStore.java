package io.jobyard.store;

import java.util.List;
import java.util.function.Consumer;

/** Passes live messages between the processes that share a store. */
public interface SignalStore {
  /**
   * Tells everybody who hears the signals' topics now, this process included. Each hears those of
   * one sender and topic in the order of sending. A signal may be lost when a process or the store
   * goes away; none is kept for later.
   */
  void signal(List<Signal> signals);

  /**
   * Hears every signal of a topic from now on, on a thread of the store; must return quickly. One
   * that throws hinders no other. Several may hear the same topic.
   */
  ProducerStore.Subscription hear(String topic, Consumer<Signal> ear);
}
