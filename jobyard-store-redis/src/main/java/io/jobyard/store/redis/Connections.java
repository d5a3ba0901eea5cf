package io.jobyard.store.redis;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to Redis, whatever its form: one server, a master that Sentinels know, or a
 * Cluster. Each comes back by itself after its server went away, with jittered pauses. Safe for any
 * thread; closing it twice is harmless.
 */
final class Connections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** How exact timeouts are; by default the timer wakes up ten times a second, also for nothing. */
  private static final long TICK_MS = 250;

  private final RedisUrl url;
  private final RedisErrors errors;
  private final HashedWheelTimer timer;
  private final ClientResources resources;
  private final @Nullable RedisClient client;
  private final @Nullable RedisClusterClient clusterClient;
  private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
  private @Nullable StatefulRedisClusterConnection<byte[], byte[]> clusterConnection;
  private final List<Runnable> whenCut = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * @throws io.jobyard.StoreUnavailable if nobody can be reached
   */
  Connections(RedisUrl url, RedisErrors errors, Duration pushTimeout) {
    this.url = url;
    this.errors = errors;
    this.timer =
        new HashedWheelTimer(
            new DefaultThreadFactory("lettuce-timer", true), TICK_MS, TimeUnit.MILLISECONDS);
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .timer(timer)
            .nettyCustomizer(new SmallBuffers())
            .reconnectDelay(
                Delay.fullJitter(
                    Duration.ofMillis(10), Duration.ofSeconds(1), 20, TimeUnit.MILLISECONDS))
            .build();
    try {
      if (cluster()) {
        client = null;
        clusterClient = RedisClusterClient.create(resources, url.uris());
        clusterClient.setOptions(ClientSettings.ofCluster(url, pushTimeout));
        clusterClient.addListener(watch());
        clusterConnection = clusterClient.connect(ByteArrayCodec.INSTANCE);
      } else {
        clusterClient = null;
        client = RedisClient.create(resources, url.uris().getFirst());
        client.setOptions(ClientSettings.ofSingle(url, pushTimeout));
        client.addListener(watch());
        connection = client.connect(ByteArrayCodec.INSTANCE);
      }
    } catch (RuntimeException e) {
      close();
      throw errors.unreachable(e);
    }
  }

  boolean cluster() {
    return url.form() == RedisUrl.Form.CLUSTER;
  }

  boolean closed() {
    return closed;
  }

  /** The commands of whoever is the master, or of the whole Cluster. */
  RedisClusterAsyncCommands<byte[], byte[]> commands() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the store " + url + " is closed; open it again");
      }
      if (clusterConnection != null) {
        return clusterConnection.async();
      }
      if (connection == null) {
        throw new StoreUnavailable(url + " is being connected to again");
      }
      return connection.async();
    }
  }

  /** Has this done whenever a connection is lost, by a thread that must not be kept. */
  void whenCut(Runnable step) {
    whenCut.add(step);
  }

  /** Of all connections, since a Cluster's are made one by one when they are first used. */
  private RedisConnectionStateListener watch() {
    return new RedisConnectionStateListener() {
      @Override
      public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
        if (!closed && isOurs(lost)) {
          whenCut.forEach(Runnable::run);
        }
      }
    };
  }

  /** Not those by which the client looks for Sentinels and nodes, and which it ends itself. */
  private static boolean isOurs(RedisChannelHandler<?, ?> lost) {
    return lost instanceof StatefulRedisConnectionImpl<?, ?> one
        && one.getCodec() instanceof ByteArrayCodec;
  }

  /** After a failover the old master may be connected to still: asks the Sentinels anew. */
  void renew() {
    RedisClient single = client;
    if (single == null) {
      return;
    }
    synchronized (this) {
      StatefulRedisConnection<byte[], byte[]> old = connection;
      if (old != null) {
        connection = null;
        CompletableFuture<Void> unused = old.closeAsync();
      }
      try {
        connection = single.connect(ByteArrayCodec.INSTANCE);
      } catch (RuntimeException notYet) {
        LOG.debug("{} cannot be reached yet", url, notYet);
      }
    }
  }

  /** The very connection that a line's scripts go through. */
  RedisClusterAsyncCommands<byte[], byte[]> writer(Line line) {
    StatefulRedisClusterConnection<byte[], byte[]> whole = clusterConnection;
    if (whole == null) {
      return commands();
    }
    RedisClusterNode node =
        whole.getPartitions().getMasterBySlot(SlotHash.getSlot(Call.bytes(line.base())));
    if (node == null) {
      throw new StoreUnavailable("no master has the slot of queue " + line.queue());
    }
    RedisURI uri = node.getUri();
    return whole.getConnection(uri.getHost(), uri.getPort()).async();
  }

  /**
   * One of those that take writes.
   *
   * @param name where it is; empty where there is only one
   * @param connect to it; not before it is asked something
   */
  record Server(String name, Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connect) {}

  /** A Cluster's masters as last seen, or whoever is the server. */
  List<Server> masters() {
    StatefulRedisClusterConnection<byte[], byte[]> whole = clusterConnection;
    if (whole == null) {
      return List.of(new Server("", this::commands));
    }
    List<Server> masters = new ArrayList<>();
    for (RedisClusterNode node : whole.getPartitions()) {
      if (node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.getSlots().isEmpty()) {
        RedisURI uri = node.getUri();
        masters.add(
            new Server(
                uri.getHost() + ":" + uri.getPort(),
                () -> whole.getConnection(uri.getHost(), uri.getPort()).async()));
      }
    }
    return masters;
  }

  /** A connection that hears; it is closed with this. */
  StatefulRedisPubSubConnection<byte[], byte[]> hear() {
    try {
      RedisClusterClient whole = clusterClient;
      RedisClient single = client;
      if (whole != null) {
        return whole.connectPubSub(ByteArrayCodec.INSTANCE);
      }
      if (single != null) {
        return single.connectPubSub(ByteArrayCodec.INSTANCE);
      }
      throw new JobyardException("the store " + url + " is closed; open it again");
    } catch (io.lettuce.core.RedisException e) {
      throw errors.translate(e);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    Duration quiet = Duration.ZERO;
    Duration most = Duration.ofSeconds(2);
    if (client != null) {
      client.shutdown(quiet, most);
    }
    if (clusterClient != null) {
      clusterClient.shutdown(quiet, most);
    }
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    var unused = timer.stop();
  }
}
