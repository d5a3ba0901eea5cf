package io.jobyard.node.process;

import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket where workers report. Whoever connects has ten seconds to say a hello with a secret
 * that a worker of this node was started with; anybody else is turned away. Each connection has a
 * thread of its own from the start, so that none can hold up another.
 */
public final class Gate implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final long PATIENCE_SECONDS = 10;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, Guest> expected = new ConcurrentHashMap<>();
  private final ScheduledExecutorService bouncer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("jobyard-gate-watch").factory());

  /** Somebody who is expected. */
  @FunctionalInterface
  interface Guest {
    /** Serves the connection to its end, on the connection's own thread. */
    void serve(Connection connection, long pid);
  }

  /** Opens the socket, in a folder that only this user may enter. */
  public Gate(Path socket) throws IOException {
    this.socket = socket;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("jobyard-gate").start(this::acceptAll);
  }

  Path socket() {
    return socket;
  }

  void expect(String secret, Guest guest) {
    expected.put(secret, guest);
  }

  void forget(String secret) {
    expected.remove(secret);
  }

  private void acceptAll() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        Thread.ofPlatform().daemon().name("jobyard-worker-reader").start(() -> greet(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("could not accept a worker's connection, still listening: {}", e.toString());
        pause();
      }
    }
  }

  private void greet(SocketChannel channel) {
    var connection = new Connection(channel, "jobyard-worker");
    try {
      Frame.Hello hello = hello(connection);
      Guest guest = hello == null ? null : admit(connection, hello);
      if (guest != null && hello != null) {
        guest.serve(connection, hello.pid());
      }
    } catch (IOException e) {
      LOG.warn("closed a connection to the workers' socket: {}", e.getMessage());
    } finally {
      connection.close();
    }
  }

  private Frame.@Nullable Hello hello(Connection connection) throws IOException {
    Future<?> eviction = bouncer.schedule(connection::cut, PATIENCE_SECONDS, TimeUnit.SECONDS);
    try {
      return switch (connection.receive()) {
        case null -> null;
        case Frame.Hello hello -> hello;
        case Frame other ->
            throw new BadFrame(
                "the first frame must be a hello, got " + other.getClass().getSimpleName());
      };
    } finally {
      eviction.cancel(false);
    }
  }

  private @Nullable Guest admit(Connection connection, Frame.Hello hello) {
    if (hello.oldest() > Frame.NEWEST || hello.newest() < Frame.OLDEST) {
      return refuse(
          connection,
          "the manager speaks frame versions %d to %d, the worker %d to %d: its class path holds"
                  .formatted(Frame.OLDEST, Frame.NEWEST, hello.oldest(), hello.newest())
              + " another version of Jobyard; use the same one on both sides");
    }
    Guest guest = expected.remove(hello.secret());
    return guest != null ? guest : refuse(connection, "no worker with this secret is expected");
  }

  private static @Nullable Guest refuse(Connection connection, String reason) {
    LOG.warn("turned a worker away: {}", reason);
    connection.send(new Frame.Refusal(reason));
    return null;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes no more connections; those that are stay. */
  @Override
  public void close() {
    bouncer.shutdownNow();
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("could not close the workers' socket {}: {}", socket, e.getMessage());
    }
  }
}
