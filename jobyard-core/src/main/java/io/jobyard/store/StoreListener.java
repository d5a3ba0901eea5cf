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

  /**
   * A connection to the server was lost: it may be away, and may have forgotten what it was told
   * last when it is back. Told at once by stores that notice; not by all, nor always.
   */
  default void away() {}
}
