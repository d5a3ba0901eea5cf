package io.jobyard.node.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link Writing} wrote, and believes none of it. */
final class Reading {
  private final ByteBuffer in;

  /**
   * @param in exactly one frame's body
   */
  Reading(ByteBuffer in) {
    this.in = in;
  }

  int remaining() {
    return in.remaining();
  }

  int u8() throws BadFrame {
    need(1);
    return in.get() & 0xff;
  }

  boolean flag() throws BadFrame {
    return u8() != 0;
  }

  int i32() throws BadFrame {
    need(4);
    return in.getInt();
  }

  long i64() throws BadFrame {
    need(8);
    return in.getLong();
  }

  byte[] bytes() throws BadFrame {
    byte[] value = bytesOrNull();
    if (value == null) {
      throw new BadFrame("a frame leaves out a value that it must have");
    }
    return value;
  }

  @Nullable Integer i32OrNull() throws BadFrame {
    return flag() ? Integer.valueOf(i32()) : null;
  }

  byte @Nullable [] bytesOrNull() throws BadFrame {
    int length = i32();
    if (length == -1) {
      return null;
    }
    need(length);
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  String string() throws BadFrame {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  @Nullable String stringOrNull() throws BadFrame {
    byte[] value = bytesOrNull();
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  UUID uuid() throws BadFrame {
    return new UUID(i64(), i64());
  }

  @Nullable UUID uuidOrNull() throws BadFrame {
    return flag() ? uuid() : null;
  }

  Duration duration() throws BadFrame {
    try {
      return Duration.ofSeconds(i64(), i32());
    } catch (ArithmeticException e) {
      throw new BadFrame("a frame holds a duration out of range");
    }
  }

  Instant instant() throws BadFrame {
    try {
      return Instant.ofEpochSecond(i64(), i32());
    } catch (DateTimeException | ArithmeticException e) {
      throw new BadFrame("a frame holds an instant out of range");
    }
  }

  @Nullable Instant instantOrNull() throws BadFrame {
    return flag() ? instant() : null;
  }

  /** One of a fixed set, written as its place in it. */
  <T> T oneOf(T[] all) throws BadFrame {
    int place = u8();
    if (place >= all.length) {
      throw new BadFrame("a frame holds choice " + place + " of " + all.length);
    }
    return all[place];
  }

  <T> List<T> list(Part<T> part) throws BadFrame {
    int count = i32();
    need(count); // an element takes at least a byte: a wild count must not reserve memory
    var values = new ArrayList<T>(count);
    for (int i = 0; i < count; i++) {
      values.add(part.read(this));
    }
    return values;
  }

  private void need(int count) throws BadFrame {
    if (count < 0 || count > in.remaining()) {
      throw new BadFrame(
          "a frame ends too early: " + count + " more bytes expected, " + in.remaining() + " left");
    }
  }

  /** How one element is read. */
  interface Part<T> {
    T read(Reading in) throws BadFrame;
  }
}
