package io.jobyard.http;

import io.jobyard.JobyardException;
import io.jobyard.config.HttpConfig;
import io.jobyard.config.Tls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** How Jetty listens: with limits on everything that somebody could send too much of. */
final class Doors {
  static final int MAX_HEAD = 16 * 1024;

  private static final int MOST_THREADS = 128;
  private static final int LEAST_THREADS = 4;
  private static final int BACKLOG = 1_024;
  private static final Duration IDLE_THREAD = Duration.ofSeconds(30);

  /**
   * How long somebody may be quiet.
   *
   * @param idle between two bytes
   * @param idleIfFull the same when there are as many connections as may be
   * @param head until all of a request's headers are there
   */
  record Patience(Duration idle, Duration idleIfFull, Duration head) {
    static final Patience USUAL =
        new Patience(Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(10));
  }

  private Doors() {}

  /** Platform threads: stores block in native code, which would hold up virtual ones. */
  static QueuedThreadPool threads() {
    // What waits for one is bounded by the number of connections.
    var threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS, (int) IDLE_THREAD.toMillis());
    threads.setName("jobyard-http");
    threads.setDaemon(true);
    return threads;
  }

  static void set(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(MAX_HEAD);
    http.setResponseHeaderSize(MAX_HEAD);
    http.setUriCompliance(UriCompliance.RFC3986);
    // Bodies wait in native memory otherwise, which nothing bounds.
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
  }

  static ServerConnector open(
      Server server, HttpConfiguration http, HttpConfig config, Patience patience) {
    ServerConnector connector;
    if (config.tls() == null) {
      connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    } else {
      var customizer = new SecureRequestCustomizer();
      customizer.setSniHostCheck(false); // SiteGuard's, which knows http.hosts
      http.addCustomizer(customizer);
      connector =
          new ServerConnector(
              server,
              1,
              1,
              new SslConnectionFactory(tls(config.tls()), "http/1.1"),
              new HttpConnectionFactory(http));
    }
    connector.setHost(config.host());
    connector.setPort(config.port() == null ? 0 : config.port());
    connector.setIdleTimeout(patience.idle.toMillis());
    connector.setAcceptQueueSize(BACKLOG);
    var limit = new NetworkConnectionLimit(config.maxConnections(), connector);
    limit.setEndPointIdleTimeout(patience.idleIfFull.toMillis());
    connector.addBean(limit);
    var loiterers = new Loiterers(server, patience.head);
    connector.addBean(loiterers);
    return connector;
  }

  /** Looks whether a certificate would do, as a start does. */
  static void check(Tls certificate) {
    SslContextFactory.Server tls = tls(certificate);
    try {
      tls.start();
      tls.stop();
    } catch (Exception e) {
      throw new JobyardException("http.tls: the certificate cannot be used: " + e, e);
    }
  }

  private static SslContextFactory.Server tls(Tls certificate) {
    Certificates.Pair pair = Certificates.read(certificate);
    var tls = new SslContextFactory.Server();
    tls.setKeyStore(pair.store());
    tls.setKeyStorePassword(pair.password());
    tls.setSniRequired(false);
    return tls;
  }

  /** What goes wrong before a request reaches a route, in the form of all other errors. */
  static final class Errors extends ErrorHandler {
    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        String message,
        @Nullable Throwable cause,
        Callback callback)
        throws IOException {
      Problem problem = problem(code);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.TYPE);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      Content.Sink.write(
          response, true, new String(problem.json(), StandardCharsets.UTF_8), callback);
    }

    @Override
    @SuppressWarnings("removal") // of what cannot be parsed; nothing else answers that yet
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable headers) {
      headers.put(HttpHeader.CONTENT_TYPE, Problem.TYPE);
      return ByteBuffer.wrap(problem(status).json());
    }

    /** Jetty's own words may quote what was sent, so these are ours. */
    private static Problem problem(int status) {
      return switch (status) {
        case 400 -> Problem.bad("this is not a request that HTTP knows");
        case 404 -> Problem.unknown("there is nothing here");
        case 408 -> Problem.status(408, "Too slow", "the request came in too slowly");
        case 413 -> Problem.tooLarge("the request is too large");
        case 414 ->
            Problem.status(414, "Too large", "the address is longer than " + MAX_HEAD + " bytes");
        case 431 ->
            Problem.status(431, "Too large", "the headers are longer than " + MAX_HEAD + " bytes");
        case 503 -> Problem.busy("this is overloaded; try again", 5);
        default ->
            status < 500
                ? Problem.status(status, "Bad request", "this is not a request that works here")
                : Problem.internal();
      };
    }
  }
}
