package io.jobyard.stats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Numbers and texts in few bytes: a small number is one. Not for several threads. */
final class Packed {
  private Packed() {}

  /** Writes. */
  static final class Out {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

    Out number(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        bytes.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      bytes.write((int) rest);
      return this;
    }

    Out text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      number(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  /** Reads what {@link Out} wrote, in the same order. */
  static final class In {
    private final byte[] bytes;
    private int at;

    In(byte[] bytes) {
      this.bytes = bytes;
    }

    long number() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes[at++];
        value |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    String text() {
      int length = (int) number();
      String text = new String(bytes, at, length, StandardCharsets.UTF_8);
      at += length;
      return text;
    }
  }
}
