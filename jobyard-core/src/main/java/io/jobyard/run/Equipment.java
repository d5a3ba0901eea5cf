package io.jobyard.run;

import io.jobyard.FailureHandler;
import io.jobyard.JobyardException;
import io.jobyard.OnStart;
import io.jobyard.Services;
import io.jobyard.Shell;
import io.jobyard.codec.KindIndex;
import io.jobyard.codec.Kinds;
import io.jobyard.codec.ShippedKinds;
import io.jobyard.codec.UnknownKind;
import io.jobyard.codec.Work;
import io.jobyard.config.Config;
import io.jobyard.config.Delivery;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.ShippingKey;
import io.jobyard.deliver.DeliverWork;
import io.jobyard.shell.Audit;
import io.jobyard.shell.ShellWork;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The user's code that a queue's workers run with: the kinds of job, the services that {@code
 * on-start} set up, and the queue's {@code on-failure}.
 *
 * @param onFailure null where no queue has one
 */
public record Equipment(Kinds kinds, Services services, @Nullable FailureHandler onFailure) {
  /**
   * What a queue's workers on this node run with.
   *
   * @throws JobyardException if a class is missing, not what it should be, or throws; it says which
   */
  public static Equipment of(
      Config config, QueueConfig queue, KindIndex index, ClassLoader loader) {
    List<String> onStart =
        Stream.of(config.onStart(), queue.onStart()).filter(Objects::nonNull).toList();
    try {
      ShellWork shell =
          new ShellWork(queue.commands(), config.base(), queue.killGrace(), Audit.toLog());
      String onFailure = queue.onFailure();
      Map<String, String> handlers = onFailure == null ? Map.of() : Map.of(queue.name(), onFailure);
      return of(index, loader, onStart, handlers)
          .shipped(config.shippingKey(), loader)
          .with(Shell.KIND, shell)
          .delivering(queue.delivery());
    } catch (JobyardException e) {
      throw e;
    } catch (Exception e) {
      throw new JobyardException("queue %s: on-start failed: %s".formatted(queue.name(), e), e);
    }
  }

  /**
   * Runs each {@code on-start}, in order, and makes the failure handler.
   *
   * @param onStart class names
   * @param onFailure class names by queue
   * @throws JobyardException if a class is missing or not what it should be; it says which
   * @throws Exception whatever an {@code on-start} throws
   */
  public static Equipment of(
      KindIndex index, ClassLoader loader, List<String> onStart, Map<String, String> onFailure)
      throws Exception {
    Services services = new Services();
    for (String name : onStart) {
      make(OnStart.class, name, "on-start", loader).start(services);
    }
    Map<String, FailureHandler> handlers = new HashMap<>();
    for (Map.Entry<String, String> entry : onFailure.entrySet()) {
      handlers.put(entry.getKey(), handler(entry.getValue(), services, loader));
    }
    return new Equipment(
        index.bind(loader, services), services, handlers.isEmpty() ? null : byQueue(handlers));
  }

  private static FailureHandler byQueue(Map<String, FailureHandler> handlers) {
    return (job, failure) -> {
      FailureHandler own = handlers.get(job.queue());
      if (own != null) {
        own.onFailure(job, failure);
      }
    };
  }

  /**
   * The same for jobs that bring their code.
   *
   * @param key what it must be signed with; null where none is run
   */
  public Equipment shipped(@Nullable ShippingKey key, ClassLoader loader) {
    return new Equipment(new ShippedKinds(kinds, loader, key), services, onFailure);
  }

  /** The same with a kind that is Jobyard's own. */
  public Equipment with(String kind, Work work) {
    return new Equipment(new OwnKind(kind, work, kinds), services, onFailure);
  }

  /** The same, or where there is such, one whose jobs all go out. */
  public Equipment delivering(@Nullable Delivery delivery) {
    return delivery == null
        ? this
        : new Equipment(new DeliverWork(delivery, InstantSource.system()), services, onFailure);
  }

  private record OwnKind(String kind, Work work, Kinds others) implements Kinds {
    @Override
    public Work find(String name) {
      return name.equals(kind) ? work : others.find(name);
    }

    @Override
    public Work find(String name, Payload payload) {
      return name.equals(kind) ? work : others.find(name, payload);
    }

    @Override
    public Set<String> names() {
      return others.names();
    }
  }

  /** What a kind's class decides; nothing for a kind that is not known. */
  public JobSettings settings(String kind) {
    try {
      return kinds.find(kind).settings();
    } catch (UnknownKind e) {
      return JobSettings.NONE;
    }
  }

  /** The service of exactly this class, else a new object. */
  private static FailureHandler handler(String name, Services services, ClassLoader loader)
      throws Exception {
    FailureHandler service = services.find(FailureHandler.class).orElse(null);
    return service != null && service.getClass().getName().equals(name)
        ? service
        : make(FailureHandler.class, name, "on-failure", loader);
  }

  private static <T> T make(Class<T> type, String name, String key, ClassLoader loader)
      throws Exception {
    Class<?> found;
    try {
      found = Class.forName(name, true, loader);
    } catch (ClassNotFoundException e) {
      throw new JobyardException(
          "%s: class %s is not on the class path; check its name and classpath"
              .formatted(key, name),
          e);
    }
    if (!type.isAssignableFrom(found)) {
      throw new JobyardException(
          "%s: class %s does not implement %s".formatted(key, name, type.getName()));
    }
    try {
      Constructor<?> constructor = found.getDeclaredConstructor();
      constructor.setAccessible(true);
      return type.cast(constructor.newInstance());
    } catch (NoSuchMethodException e) {
      throw new JobyardException(
          "%s: class %s needs a constructor without parameters".formatted(key, name), e);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
