package io.jobyard.store.redis;

import io.jobyard.StoreUnavailable;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
 * Asks Redis. Carries out scripts, many at a time, through {@link Connections}. What the server
 * refused for now, and what is safe to ask twice, is asked again for a while, with jittered pauses;
 * all else is {@link StoreUnavailable} at once. Nothing is sent again behind the caller's back.
 * Safe for any thread.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  private static final Duration TRIED_AGAIN = Duration.ofSeconds(2);

  private final RedisUrl url;
  private final RedisErrors errors;
  private final Duration pushTimeout;
  private final Connections connections;
  private volatile boolean away;

  Link(RedisUrl url, Duration pushTimeout) {
    this.url = url;
    this.errors = new RedisErrors(url);
    this.pushTimeout = pushTimeout;
    this.connections = new Connections(url, errors, pushTimeout);
  }

  RedisUrl url() {
    return url;
  }

  boolean cluster() {
    return connections.cluster();
  }

  /** Through which this asks, for those who need one of their own. */
  Connections connections() {
    return connections;
  }

  /** Carries out one script. */
  List<Object> call(Call call) {
    return calls(List.of(call)).getFirst();
  }

  /** Carries out scripts, all underway at once; their answers in the same order. */
  List<List<Object>> calls(List<Call> calls) {
    List<List<Object>> answers = new ArrayList<>();
    underway(calls).forEach(answer -> answers.add(answer.get()));
    return answers;
  }

  /** The same, but each answer is waited for when it is asked for, once and in this order. */
  List<Supplier<List<Object>>> underway(List<Call> calls) {
    long until = System.nanoTime() + patience(calls).toNanos();
    List<Supplier<List<Object>>> answers = new ArrayList<>();
    for (Call call : calls) {
      @Nullable CompletionStage<List<Object>> sent = send(call, false);
      answers.add(() -> answer(call, sent, until));
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
      RedisClusterAsyncCommands<byte[], byte[]> commands = connections.commands();
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
      if (!safe || System.nanoTime() > until || connections.closed()) {
        RuntimeException error = errors.translate(cause);
        if (error instanceof StoreUnavailable) {
          gone(error);
        }
        throw error;
      }
      if (RedisErrors.isReplica(cause)) {
        connections.renew();
      }
      pause(ThreadLocalRandom.current().nextLong(pause, 2 * pause));
      pause = Math.min(200, 2 * pause);
      sent = send(call, false);
    }
  }

  /** One line a change, not one a try. */
  private void gone(RuntimeException error) {
    if (!away && !connections.closed()) {
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
          connections
              .writer(line)
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

  /** Carries out a plain command, which must be safe to ask twice, and waits for its answer. */
  <T> T plain(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
    return plain(new Connections.Server("", connections::commands), command);
  }

  /** The same at one server. */
  <T> T plain(
      Connections.Server server,
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
      if (!RedisErrors.refused(cause) || System.nanoTime() > until || connections.closed()) {
        throw errors.translate(cause);
      }
      pause(ThreadLocalRandom.current().nextLong(10, 50));
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
