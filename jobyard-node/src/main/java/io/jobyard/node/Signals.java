package io.jobyard.node;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers to signals of the operating system. The JDK has no other way to a clean exit code on
 * SIGTERM than {@code sun.misc.Signal}, which compilers warn of; hence by reflection.
 */
public final class Signals {
  private Signals() {}

  /**
   * From now on this signal runs the action, on a thread of its own, instead of ending the process.
   *
   * @param name without SIG: TERM, INT
   * @return false where this JVM does not allow it
   */
  public static boolean on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return switch (method.getName()) {
                  case "equals" -> false; // kept in no collection
                  case "hashCode" -> 0;
                  default -> "the handler of SIG" + name;
                };
              });
      Object which = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, which, proxy);
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      logger().warn("this JVM does not let us handle SIG{}: {}", name, e.toString());
      return false;
    }
  }

  /** Not a constant: a worker starts faster without a logging framework. */
  private static Logger logger() {
    return LoggerFactory.getLogger(Signals.class);
  }
}
