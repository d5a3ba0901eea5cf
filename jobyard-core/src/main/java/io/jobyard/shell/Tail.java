package io.jobyard.shell;

import java.nio.charset.StandardCharsets;

/** The last bytes of a stream, and how many there were. Safe for use by many threads. */
final class Tail {
  private final byte[] ring;
  private long count;

  Tail(int most) {
    this.ring = new byte[most];
  }

  synchronized void write(byte[] bytes, int length) {
    int from = Math.max(0, length - ring.length);
    count += from;
    for (int i = from; i < length; ) {
      int at = (int) (count % ring.length);
      int part = Math.min(length - i, ring.length - at);
      System.arraycopy(bytes, i, ring, at, part);
      i += part;
      count += part;
    }
  }

  synchronized long count() {
    return count;
  }

  /** As text; a character that was cut through at the start is left out. */
  synchronized String text() {
    int size = (int) Math.min(count, ring.length);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = ring[(int) ((count - size + i) % ring.length)];
    }
    int start = 0;
    while (count > size && start < Math.min(3, size) && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return new String(bytes, start, size - start, StandardCharsets.UTF_8);
  }
}
