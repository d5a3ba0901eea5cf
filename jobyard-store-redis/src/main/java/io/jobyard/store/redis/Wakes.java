package io.jobyard.store.redis;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.StoreListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what scripts publish: one channel for all that happens in the store, one for each topic of
 * live messages that somebody listens to. What gathers while listeners work is told once. The
 * connection is made when the first listens, and comes back by itself. Safe for any thread.
 */
final class Wakes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Wakes.class);

  private final Link link;
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, List<Consumer<Signal>>> ears = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor teller =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("jobyard-redis-wakes").daemon().factory());
  private final Object lock = new Object();
  private Set<String> gathered = new HashSet<>();
  private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;

  Wakes(Link link) {
    this.link = link;
    teller.allowCoreThreadTimeOut(true);
    link.connections().whenCut(() -> execute(() -> tellAll(StoreListener::away)));
  }

  Subscription listen(StoreListener listener) {
    subscribe(link.url().channel());
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  Subscription hear(String topic, Consumer<Signal> ear) {
    subscribe(link.url().channel(topic));
    List<Consumer<Signal>> all = ears.computeIfAbsent(topic, any -> new CopyOnWriteArrayList<>());
    all.add(ear);
    return () -> all.remove(ear);
  }

  /** In the order of the list, through one connection. */
  void signal(List<Signal> signals) {
    for (Signal signal : signals) {
      byte[] channel = Call.bytes(link.url().channel(signal.topic()));
      Long unused = link.plain(redis -> redis.publish(channel, signal.body()));
    }
  }

  private void subscribe(String channel) {
    synchronized (lock) {
      StatefulRedisPubSubConnection<byte[], byte[]> hearing = connection;
      if (hearing == null) {
        hearing = link.connections().hear();
        hearing.addListener(new Ear());
        connection = hearing;
      }
      try {
        hearing.sync().subscribe(Call.bytes(channel));
      } catch (RedisException e) {
        throw new StoreUnavailable(link.url() + " cannot be listened to: " + e.getMessage(), e);
      }
    }
  }

  private final class Ear extends RedisPubSubAdapter<byte[], byte[]> {
    @Override
    public void message(byte[] channel, byte[] message) {
      String name = new String(channel, StandardCharsets.UTF_8);
      if (name.equals(link.url().channel())) {
        gather(new String(message, StandardCharsets.UTF_8));
      } else {
        String topic = name.substring(link.url().channel("").length());
        execute(() -> tell(new Signal(topic, message)));
      }
    }
  }

  private void execute(Runnable telling) {
    if (!teller.isShutdown()) {
      teller.execute(telling);
    }
  }

  private void gather(String wake) {
    synchronized (lock) {
      boolean first = gathered.isEmpty();
      gathered.add(wake);
      if (!first) {
        return;
      }
    }
    execute(this::deliver);
  }

  private void deliver() {
    Set<String> wakes;
    synchronized (lock) {
      wakes = gathered;
      gathered = new HashSet<>();
    }
    tellAll(listener -> wakes.forEach(wake -> tell(listener, wake)));
  }

  private void tellAll(Consumer<StoreListener> what) {
    for (StoreListener listener : listeners) {
      try {
        what.accept(listener);
      } catch (RuntimeException broken) {
        LOG.warn("a store listener threw; its node polls instead", broken);
      }
    }
  }

  private static void tell(StoreListener listener, String wake) {
    switch (wake.charAt(0)) {
      case 'r' -> listener.ready(wake.substring(1));
      case 'c' -> listener.cancelRequested();
      case 'f' -> listener.finished();
      default -> LOG.debug("a wake of a newer Jobyard: {}", wake);
    }
  }

  private void tell(Signal signal) {
    for (Consumer<Signal> ear : ears.getOrDefault(signal.topic(), List.of())) {
      try {
        ear.accept(signal);
      } catch (RuntimeException broken) {
        LOG.warn("whoever hears '{}' threw", signal.topic(), broken);
      }
    }
  }

  @Override
  public void close() {
    teller.shutdownNow();
    synchronized (lock) {
      if (connection != null) {
        // Whoever closes the link closes all of its connections.
        connection = null;
      }
    }
  }
}
