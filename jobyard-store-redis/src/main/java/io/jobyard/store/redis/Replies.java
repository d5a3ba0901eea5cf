package io.jobyard.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What scripts answer: numbers, bytes, and lists of them. */
final class Replies {
  private Replies() {}

  static long number(Object value) {
    return value instanceof Long number ? number : Long.parseLong(text(value));
  }

  static byte[] bytes(Object value) {
    return (byte[]) value;
  }

  static String text(Object value) {
    return new String((byte[]) value, StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  /** All but the first. */
  static List<Object> rest(List<Object> reply) {
    return reply.subList(1, reply.size());
  }
}
