package io.jobyard.store.redis;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, whatever its form. Carries out scripts, many at a time; comes back by
 * itself after the server went away, with jittered pauses. What the server refused for now, and
 * what is safe to ask twice, is asked again for a while; all else is {@link StoreUnavailable} at
 * once. Nothing is sent again behind the caller's back. Safe for any thread.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  /** How exact timeouts are; by default the timer wakes up ten times a second, also for nothing. */
  private static final long TICK_MS = 250;

  private static final Duration TRIED_AGAIN = Duration.ofSeconds(2);

  private final RedisUrl url;
  private final RedisErrors errors;
  private final Duration pushTimeout;
  private final HashedWheelTimer timer;
  private final ClientResources resources;
  private final @Nullable RedisClient client;
  private final @Nullable RedisClusterClient clusterClient;
  private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
  private @Nullable StatefulRedisClusterConnection<byte[], byte[]> clusterConnection;
  private final List<Runnable> whenCut = new CopyOnWriteArrayList<>();
  private volatile boolean away;
  private volatile boolean closed;

  Link(RedisUrl url, Duration pushTimeout) {
    this.url = url;
    this.errors = new RedisErrors(url);
    this.pushTimeout = pushTimeout;
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
        clusterConnection = clusterClient.connect(ByteArrayCodec.INSTANCE);
      } else {
        clusterClient = null;
        client = RedisClient.create(resources, url.uris().getFirst());
        client.setOptions(ClientSettings.ofSingle(url, pushTimeout));
        connection = watched(client.connect(ByteArrayCodec.INSTANCE));
      }
    } catch (RuntimeException e) {
      close();
      throw errors.unreachable(e);
    }
  }

  boolean cluster() {
    return url.form() == RedisUrl.Form.CLUSTER;
  }

  RedisUrl url() {
    return url;
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

  private <C extends StatefulConnection<byte[], byte[]>> C watched(C fresh) {
    fresh.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
            if (!closed) {
              whenCut.forEach(Runnable::run);
            }
          }
        });
    return fresh;
  }

  /** Carries out one script. */
  List<Object> call(Call call) {
    return calls(List.of(call)).getFirst();
  }

  /** Carries out scripts, all underway at once; their answers in the same order. */
  List<List<Object>> calls(List<Call> calls) {
    long until = System.nanoTime() + patience(calls).toNanos();
    List<@Nullable CompletionStage<List<Object>>> underway = new ArrayList<>();
    calls.forEach(call -> underway.add(send(call, false)));
    List<List<Object>> answers = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      answers.add(answer(calls.get(i), underway.get(i), until));
    }
    return answers;
  }

  private Duration patience(List<Call> calls) {
    boolean push = calls.stream().anyMatch(call -> call.script() == LuaScript.PUSH);
    return push || pushTimeout.compareTo(TRIED_AGAIN) < 0 ? pushTimeout : TRIED_AGAIN;
  }

  /** Null where it could not even be sent. */
  private @Nullable CompletionStage<List<Object>> send(Call call, boolean withText) {
    try {
      RedisClusterAsyncCommands<byte[], byte[]> commands = commands();
      return withText
          ? commands.eval(
              Call.bytes(call.script().text()), ScriptOutputType.MULTI, call.keys(), call.args())
          : commands.evalsha(
              call.script().digest(), ScriptOutputType.MULTI, call.keys(), call.args());
    } catch (StoreUnavailable | io.lettuce.core.RedisException notNow) {
      return null;
    }
  }

  private List<Object> answer(
      Call call, @Nullable CompletionStage<List<Object>> underway, long until) {
    CompletionStage<List<Object>> sent = underway;
    long pause = 5;
    while (true) {
      Throwable cause;
      if (sent == null) {
        cause = new StoreUnavailable(url + " is not connected");
      } else {
        try {
          List<Object> answer =
              sent.toCompletableFuture().get(pushTimeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
          back();
          return answer;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new StoreUnavailable("interrupted while " + url + " was asked", e);
        } catch (Exception e) {
          cause = RedisErrors.cause(e);
        }
      }
      if (RedisErrors.isNoScript(cause)) {
        sent = send(call, true);
        continue;
      }
      boolean safe =
          sent == null
              || RedisErrors.refused(cause)
              || (RedisErrors.unknown(cause) && call.script().repeatable());
      if (!safe || System.nanoTime() > until || closed) {
        RuntimeException error = errors.translate(cause);
        if (error instanceof StoreUnavailable) {
          gone(error);
        }
        throw error;
      }
      if (RedisErrors.isReplica(cause)) {
        reconnect();
      }
      pause(ThreadLocalRandom.current().nextLong(pause, 2 * pause));
      pause = Math.min(200, 2 * pause);
      sent = send(call, false);
    }
  }

  /** One line a change, not one a try. */
  private void gone(RuntimeException error) {
    if (!away && !closed) {
      away = true;
      LOG.warn("{}; trying again until it does", error.getMessage());
    }
  }

  private void back() {
    if (away) {
      away = false;
      LOG.info("{} answers again", url);
    }
  }

  /** After a failover the old master may be connected to still: asks the Sentinels anew. */
  private void reconnect() {
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
        connection = watched(single.connect(ByteArrayCodec.INSTANCE));
      } catch (RuntimeException notYet) {
        LOG.debug("{} cannot be reached yet", url, notYet);
      }
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for Redis", e);
    }
  }

  /**
   * Waits until what was written to a line is at enough replicas, where the address asks for it.
   *
   * @throws StoreUnavailable if it is not in time: it may or may not be stored
   */
  void awaitReplicas(Line line) {
    if (url.replicas() == 0) {
      return;
    }
    long have;
    try {
      have =
          writer(line)
              .waitForReplication(url.replicas(), url.patience().toMillis())
              .get(url.patience().toMillis() + pushTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for replicas", e);
    } catch (Exception e) {
      throw errors.translate(RedisErrors.cause(e));
    }
    if (have < url.replicas()) {
      throw new StoreUnavailable(
          "only %d of the %d replicas asked for have the push after %d ms: it may or may not be stored; push the same jobs again, which stores none twice"
              .formatted(have, url.replicas(), url.patience().toMillis()));
    }
  }

  /** The very connection that a line's scripts go through. */
  private RedisClusterAsyncCommands<byte[], byte[]> writer(Line line) {
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

  /** Carries out a plain command, which must be safe to ask twice, and waits for its answer. */
  <T> T plain(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
    return plain(new Server("", this::commands), command);
  }

  /** The same at one server. */
  <T> T plain(
      Server server,
      Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
    long until = System.nanoTime() + TRIED_AGAIN.toNanos();
    while (true) {
      Throwable cause;
      try {
        return command
            .apply(server.connect().get())
            .toCompletableFuture()
            .get(pushTimeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreUnavailable("interrupted while " + url + " was asked", e);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        cause = RedisErrors.cause(e);
      }
      if (!RedisErrors.refused(cause) || System.nanoTime() > until || closed) {
        throw errors.translate(cause);
      }
      pause(ThreadLocalRandom.current().nextLong(10, 50));
    }
  }

  /** A connection that hears; it is closed with this link. */
  StatefulRedisPubSubConnection<byte[], byte[]> hear() {
    try {
      RedisClusterClient whole = clusterClient;
      RedisClient single = client;
      if (whole != null) {
        return watched(whole.connectPubSub(ByteArrayCodec.INSTANCE));
      }
      if (single != null) {
        return watched(single.connectPubSub(ByteArrayCodec.INSTANCE));
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
