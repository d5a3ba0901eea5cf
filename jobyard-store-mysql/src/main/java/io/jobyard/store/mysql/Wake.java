package io.jobyard.store.mysql;

import io.jobyard.store.Signal;
import io.jobyard.store.StoreListener;

/** What one process tells the others: one row each. */
sealed interface Wake {
  /** Jobs may wait in this queue. */
  record Ready(String queue) implements Wake {}

  /** Somebody asked for a cancel. */
  record Cancel() implements Wake {}

  /** Jobs ended. */
  record Finished() implements Wake {}

  /**
   * A live message.
   *
   * @param order tells it from the same message sent once more
   */
  record Live(Signal signal, long order) implements Wake {}

  /** The number that stands for its kind; part of the schema. */
  default int kind() {
    return switch (this) {
      case Ready ready -> 1;
      case Cancel cancel -> 2;
      case Finished finished -> 3;
      case Live live -> 4;
    };
  }

  default void tell(StoreListener listener) {
    switch (this) {
      case Ready(String queue) -> listener.ready(queue);
      case Cancel cancel -> listener.cancelRequested();
      case Finished finished -> listener.finished();
      case Live live -> {}
    }
  }
}
