package io.jobyard.store;

/** Told that something changed in the store. Must return quickly. */
public interface StoreListener {
  /** Jobs may be waiting in this queue. */
  void ready(String queue);

  /** A running job may have been asked to cancel. */
  default void cancelRequested() {}

  /**
   * Jobs may have ended or sessions gone, in whatever queue: a queue at its limit may have room
   * again, and asking costs one lease request where somebody waits at one.
   */
  default void finished() {}
}
