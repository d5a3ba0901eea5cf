package io.jobyard.store.contract;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A connection as a pool hands it out, wrapped; it remembers which calls were made that are its
 * owner's business. A rollback to a savepoint is not one of them.
 */
final class Witness {
  private static final Set<String> OWNERS =
      Set.of(
          "abort",
          "close",
          "commit",
          "rollback",
          "setAutoCommit",
          "setCatalog",
          "setHoldability",
          "setNetworkTimeout",
          "setReadOnly",
          "setSchema",
          "setTransactionIsolation");

  private final List<String> seen = new CopyOnWriteArrayList<>();

  /** The connection in its wrapper. */
  Connection wrap(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            Witness.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              boolean plain = arguments == null || !method.getName().equals("rollback");
              if (plain && OWNERS.contains(method.getName())) {
                seen.add(method.getName());
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
  }

  /** Which of the owner's calls were made. */
  List<String> seen() {
    return List.copyOf(seen);
  }
}
