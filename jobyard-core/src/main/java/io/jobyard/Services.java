package io.jobyard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What {@code on-start} sets up once for all jobs of a worker. Safe for use by many threads. */
public final class Services {
  private final Map<Class<?>, Object> byType = new ConcurrentHashMap<>();
  private final List<Consumer<Message>> listeners = new ArrayList<>();
  private boolean sealed;

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

  /**
   * Hears, live, what running jobs send to this worker ({@link JobContext#send(Address, Object)}):
   * to all workers of a queue that it serves, to its number, or to its very process. Each listener
   * is called with one message after another, on a thread of its own.
   *
   * @throws IllegalStateException after {@code on-start}: the worker is set up then
   */
  public synchronized Services onMessage(Consumer<Message> listener) {
    if (sealed) {
      throw new IllegalStateException(
          "a worker's listeners are set in on-start; this one is set up already");
    }
    listeners.add(listener);
    return this;
  }

  /** Jobyard's own: those who listen. From now on nobody is added. */
  public synchronized List<Consumer<Message>> listeners() {
    sealed = true;
    return List.copyOf(listeners);
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
