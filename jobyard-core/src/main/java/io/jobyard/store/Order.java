package io.jobyard.store;

/** Which of the ready jobs of one priority goes first. */
public enum Order {
  /** The oldest, by the store's number. */
  FIFO,
  /** The youngest. */
  LIFO
}
