package io.jobyard.codec;

/** Whether a class brings a method of its own in place of an interface's default. */
final class Overriding {
  private Overriding() {}

  static boolean of(Class<?> type, Class<?> api, String method, Class<?>... parameters) {
    try {
      return type.getMethod(method, parameters).getDeclaringClass() != api;
    } catch (NoSuchMethodException e) {
      return false; // it does not even implement the interface; running it will say so
    }
  }
}
