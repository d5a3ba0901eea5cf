package io.jobyard.node.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A growing buffer of big-endian values. Not safe for use by several threads. */
final class Writing {
  private static final int KEPT = 256 * 1024;

  private byte[] bytes = new byte[4 * 1024];
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int size;

  int size() {
    return size;
  }

  void truncate(int newSize) {
    size = newSize;
  }

  /** Empties it; a buffer that one large frame blew up is given back. */
  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[4 * 1024];
      view = ByteBuffer.wrap(bytes);
    }
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    view.limit(size).position(0);
    try {
      while (view.hasRemaining()) {
        channel.write(view);
      }
    } finally {
      view.clear();
    }
  }

  void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void flag(boolean value) {
    u8(value ? 1 : 0);
  }

  void i32(int value) {
    room(4);
    view.putInt(size, value);
    size += 4;
  }

  void i32At(int position, int value) {
    view.putInt(position, value);
  }

  void i64(long value) {
    room(8);
    view.putLong(size, value);
    size += 8;
  }

  void bytes(byte[] value) {
    i32(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void i32OrNull(@Nullable Integer value) {
    flag(value != null);
    if (value != null) {
      i32(value);
    }
  }

  void bytesOrNull(byte @Nullable [] value) {
    if (value == null) {
      i32(-1);
    } else {
      bytes(value);
    }
  }

  void string(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  void stringOrNull(@Nullable String value) {
    bytesOrNull(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  void uuid(UUID value) {
    i64(value.getMostSignificantBits());
    i64(value.getLeastSignificantBits());
  }

  void uuidOrNull(@Nullable UUID value) {
    flag(value != null);
    if (value != null) {
      uuid(value);
    }
  }

  void duration(Duration value) {
    i64(value.getSeconds());
    i32(value.getNano());
  }

  void instant(Instant value) {
    i64(value.getEpochSecond());
    i32(value.getNano());
  }

  void instantOrNull(@Nullable Instant value) {
    flag(value != null);
    if (value != null) {
      instant(value);
    }
  }

  <T> void list(List<T> values, Part<T> part) {
    i32(values.size());
    for (T value : values) {
      part.write(this, value);
    }
  }

  private void room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, 1 << 30)));
      view = ByteBuffer.wrap(bytes);
    }
  }

  /** How one element is written. */
  interface Part<T> {
    void write(Writing out, T value);
  }
}
