package io.jobyard.codec;

import io.jobyard.Kind;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;

/** A method that may run as a job because it is marked {@link Kind}. */
record MarkedMethod(Method method, KindOptions options) {
  /**
   * The marked declaration of a method: the class's own or one it overrides.
   *
   * @param descriptor its parameters decide; the value's type may be refined below
   * @return null if none is marked
   */
  static @Nullable MarkedMethod find(Class<?> owner, String name, String descriptor) {
    for (Class<?> type : lineage(owner)) {
      for (Method method : type.getDeclaredMethods()) {
        Kind kind = method.getAnnotation(Kind.class);
        if (kind != null
            && !method.isSynthetic()
            && method.getName().equals(name)
            && parameters(Type.getMethodDescriptor(method)).equals(parameters(descriptor))) {
          return new MarkedMethod(method, KindOptions.of(kind));
        }
      }
    }
    return null;
  }

  String kind() {
    return options.name().isEmpty()
        ? defaultKind(method.getDeclaringClass().getName(), method.getName())
        : options.name();
  }

  /** The kind of a method that names none. */
  static String defaultKind(String className, String method) {
    return simpleName(className) + "@" + method;
  }

  /** The last part of a binary class name. */
  static String simpleName(String className) {
    String last = className.substring(className.lastIndexOf('.') + 1);
    int name = last.lastIndexOf('$') + 1;
    while (name < last.length() && isDigit(last.charAt(name))) {
      name++; // of a class within a method
    }
    return name == last.length() ? last : last.substring(name);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static String parameters(String descriptor) {
    return descriptor.substring(0, descriptor.indexOf(')') + 1);
  }

  private static Set<Class<?>> lineage(Class<?> type) {
    Set<Class<?>> all = new LinkedHashSet<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      all.add(c);
    }
    List<Class<?>> open = new ArrayList<>(all);
    for (int i = 0; i < open.size(); i++) {
      for (Class<?> parent : open.get(i).getInterfaces()) {
        if (all.add(parent)) {
          open.add(parent);
        }
      }
    }
    return all;
  }
}
