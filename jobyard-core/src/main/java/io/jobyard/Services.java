package io.jobyard;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What {@code on-start} sets up once for all jobs of a worker. Safe for use by many threads. */
public final class Services {
  private final Map<Class<?>, Object> byType = new ConcurrentHashMap<>();

  /** Registers a service; a second one of the same type replaces the first. */
  public <T> Services put(Class<T> type, T service) {
    byType.put(type, type.cast(service));
    return this;
  }

  /** The service registered for this type, or for exactly one subtype of it. */
  public <T> Optional<T> find(Class<T> type) {
    Object exact = byType.get(type);
    if (exact != null) {
      return Optional.of(type.cast(exact));
    }
    var fitting = byType.values().stream().filter(type::isInstance).distinct().toList();
    return fitting.size() == 1 ? Optional.of(type.cast(fitting.getFirst())) : Optional.empty();
  }

  /** As {@link #find}. @throws IllegalStateException if there is none; it names what there is */
  public <T> T get(Class<T> type) {
    return find(type)
        .orElseThrow(() ->
            new IllegalStateException(
                "no service of type "
                    + type.getName()
                    + "; on-start registered "
                    + byType.keySet().stream().map(Class::getName).sorted().toList()));
  }
}
