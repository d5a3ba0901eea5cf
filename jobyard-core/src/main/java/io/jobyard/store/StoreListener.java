package io.jobyard.store;

/** Told that something changed in the store. Must return quickly. */
public interface StoreListener {
  /** Jobs may be waiting in this queue. */
  void ready(String queue);

  /** A running job may have been asked to cancel. */
  default void cancelRequested() {}

  /** Jobs may have ended. */
  default void finished() {}
}
