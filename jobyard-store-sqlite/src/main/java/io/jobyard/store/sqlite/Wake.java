package io.jobyard.store.sqlite;

import io.jobyard.store.StoreListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one process tells the others: one small datagram each, that may be lost. */
sealed interface Wake {
  /** No datagram of ours is longer: a queue's name that does not fit is left to polling. */
  int MAX_BYTES = 1024;

  /** First in every datagram, so that a stray one is told apart. */
  int MAGIC = 0x4a594431;

  /** Jobs may wait in this queue. */
  record Ready(String queue) implements Wake {}

  /** Somebody asked for a cancel. */
  record Cancel() implements Wake {}

  /** Jobs ended. */
  record Finished() implements Wake {}

  /** Live messages were sent. */
  record Signals() implements Wake {}

  default byte[] encoded() {
    byte[] name =
        this instanceof Ready(String queue) ? queue.getBytes(StandardCharsets.UTF_8) : new byte[0];
    byte kind =
        switch (this) {
          case Ready ready -> 1;
          case Cancel cancel -> 2;
          case Finished finished -> 3;
          case Signals signals -> 4;
        };
    byte[] all = ByteBuffer.allocate(5 + name.length).putInt(MAGIC).put(kind).put(name).array();
    return all.length <= MAX_BYTES ? all : Arrays.copyOf(all, MAX_BYTES);
  }

  /** Reads a datagram; null if it is none of ours. */
  static @Nullable Wake decoded(byte[] bytes, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    if (length < 5 || buffer.getInt() != MAGIC) {
      return null;
    }
    return switch (buffer.get()) {
      case 1 -> new Ready(new String(bytes, 5, length - 5, StandardCharsets.UTF_8));
      case 2 -> new Cancel();
      case 3 -> new Finished();
      case 4 -> new Signals();
      default -> null;
    };
  }

  default void tell(StoreListener listener) {
    switch (this) {
      case Ready(String queue) -> listener.ready(queue);
      case Cancel cancel -> listener.cancelRequested();
      case Finished finished -> listener.finished();
      case Signals signals -> {}
    }
  }
}
