package io.jobyard.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Hangs up on whoever sends a request's head, or a TLS greeting, so slowly that it is not over
 * after ten seconds: Jetty's own idle timeout begins anew with every byte, and its rate is only
 * asked of bodies.
 */
final class Loiterers extends AbstractLifeCycle implements Connection.Listener {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Server server;
  private final long patience;

  /** Connections by when they were opened; one with TLS only until its greeting is over. */
  private final Map<Connection, Long> open = new ConcurrentHashMap<>();

  private volatile Scheduler.Task next = () -> false;

  Loiterers(Server server, Duration patience) {
    this.server = server;
    this.patience = patience.toNanos();
  }

  @Override
  public void onOpened(Connection connection) {
    switch (connection) {
      case HttpConnection http -> open.put(http, System.nanoTime());
      case SslConnection tls -> {
        open.put(tls, System.nanoTime());
        tls.addHandshakeListener(
            new SslHandshakeListener() {
              @Override
              public void handshakeSucceeded(Event event) {
                open.remove(tls);
              }
            });
      }
      default -> {}
    }
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  @Override
  protected void doStart() {
    next = server.getScheduler().schedule(this::look, LOOK);
  }

  @Override
  protected void doStop() {
    next.cancel();
    open.clear();
  }

  private void look() {
    long now = System.nanoTime();
    open.forEach((connection, openedAt) -> {
      if (loiters(connection, openedAt, now)) {
        open.remove(connection);
        connection.getEndPoint().close();
      }
    });
    if (isRunning()) {
      next = server.getScheduler().schedule(this::look, LOOK);
    }
  }

  private boolean loiters(Connection connection, long openedAt, long now) {
    return switch (connection) {
      case HttpConnection http -> {
        HttpParser parser = http.getParser();
        yield parser.inHeaderState()
            && !parser.isStart()
            && now - parser.getBeginNanoTime() > patience;
      }
      case SslConnection tls -> now - openedAt > patience;
      default -> false;
    };
  }
}
