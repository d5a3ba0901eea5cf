package io.jobyard.codec;

import io.jobyard.JobyardException;
import io.jobyard.Services;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * The object whose method runs: the service of its type, or else a new one for each run. Safe for
 * use by many threads.
 */
final class Receiver {
  private final Class<?> type;
  private final Services services;
  private volatile @Nullable MethodHandle maker;

  Receiver(Class<?> type, Services services) {
    this.type = type;
    this.services = services;
  }

  Class<?> type() {
    return type;
  }

  /**
   * @throws JobyardException if there is neither a service nor a way to make one
   * @throws Throwable what the constructor throws
   */
  Object get() throws Throwable {
    MethodHandle known = maker;
    if (known == null) {
      // The services are complete once the first job runs.
      Object service = services.find(type).orElse(null);
      known = service == null ? constructor() : MethodHandles.constant(Object.class, service);
      maker = known;
    }
    return (Object) known.invokeExact();
  }

  private MethodHandle constructor() {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      if (Modifier.isAbstract(type.getModifiers())
          || Modifier.isPrivate(constructor.getModifiers())) {
        throw missing(null);
      }
      constructor.setAccessible(true);
      return MethodHandles.lookup()
          .unreflectConstructor(constructor)
          .asType(MethodType.methodType(Object.class));
    } catch (NoSuchMethodException | IllegalAccessException | InaccessibleObjectException e) {
      throw missing(e);
    }
  }

  private JobyardException missing(@Nullable Exception cause) {
    return new JobyardException(
        "there is no %s to run with: register one in on-start with services.put(%s.class, …), or"
                .formatted(type.getName(), type.getSimpleName())
            + " give it a public constructor without parameters",
        cause);
  }
}
