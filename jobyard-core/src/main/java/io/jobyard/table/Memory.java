package io.jobyard.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Mapped memory with the orderings that several processes need. */
final class Memory {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer bytes;

  Memory(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  long get(int at) {
    return (long) LONGS.getAcquire(bytes, at);
  }

  /** Whatever was written before it is seen by whoever sees this. */
  void publish(int at, long value) {
    LONGS.setRelease(bytes, at, value);
  }

  boolean exchange(int at, long from, long to) {
    return LONGS.compareAndSet(bytes, at, from, to);
  }

  void read(int at, byte[] into) {
    bytes.get(at, into);
  }

  void write(int at, byte[] from) {
    bytes.put(at, from);
  }

  /** Copies within the memory. */
  void copy(int from, int to, int length) {
    bytes.put(to, bytes, from, length);
  }
}
