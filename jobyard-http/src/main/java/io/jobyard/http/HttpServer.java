package io.jobyard.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import io.javalin.security.Roles;
import io.javalin.security.RouteRole;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.config.HttpConfig;
import io.jobyard.shell.Audit;
import io.jobyard.store.JobStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP for a store and the node beside it. {@link #start} once; {@link #close} may be
 * called twice and leaves the store open. Safe for use by many threads.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private final HttpConfig config;
  private final Doors.Patience patience;
  private final Parts parts;
  private final Javalin javalin;

  /**
   * Makes a server.
   *
   * @param store stays the caller's
   */
  public HttpServer(HttpConfig config, JobStore store, NodeLink node) {
    this(config, store, node, InstantSource.system(), Audit.toLog(), Doors.Patience.USUAL);
  }

  HttpServer(
      HttpConfig config,
      JobStore store,
      NodeLink node,
      InstantSource clock,
      Audit audit,
      Doors.Patience patience) {
    this.config = config;
    this.patience = patience;
    this.parts = new Parts(config, store, node, clock, audit);
    this.javalin = Javalin.create(this::set);
  }

  /**
   * Looks whether the certificate would do, if there is one.
   *
   * @throws JobyardException if {@link #start} would fail for it; says why
   */
  public static void check(HttpConfig config) {
    if (config.tls() != null) {
      Doors.check(config.tls());
    }
  }

  /**
   * Begins to listen.
   *
   * @throws JobyardException if it cannot; says why
   */
  public HttpServer start() {
    try {
      javalin.start();
      parts.start();
    } catch (JavalinBindException e) {
      close();
      throw new JobyardException(
          "http: port "
              + config.port()
              + " of "
              + config.host()
              + " is taken or not to be had; choose another with http.port or --http",
          e);
    } catch (JavalinException e) {
      close();
      throw new JobyardException("http: could not start: " + e.getMessage(), e);
    }
    LOG.info("http: {}", address());
    if (!config.local() && config.tls() == null) {
      LOG.warn(
          "http: tokens and passwords travel readable to {}; set http.tls, or put a proxy with TLS"
              + " before it",
          address());
    }
    return this;
  }

  /** Where it answers. */
  public URI address() {
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    String scheme = config.tls() == null ? "http" : "https";
    return URI.create(scheme + "://" + host + ":" + javalin.port());
  }

  /**
   * A way in.
   *
   * @param need the strictest it asks for
   */
  record Route(String method, String path, Need need) {}

  /** Everything that is answered. */
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (ParsedEndpoint parsed : javalin.unsafe.internalRouter.allHttpHandlers()) {
      Endpoint endpoint = parsed.endpoint;
      Roles roles = endpoint.metadata(Roles.class);
      if (roles != null) {
        for (RouteRole role : roles.getRoles()) {
          routes.add(new Route(endpoint.method.name(), endpoint.path, (Need) role));
        }
      }
    }
    return routes;
  }

  @Override
  public void close() {
    parts.close();
    javalin.stop();
  }

  private void set(JavalinConfig javalin) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.maxRequestSize = Doors.MAX_HEAD; // of forms; JSON is read by Bodies
    javalin.http.asyncTimeout = 0; // whoever waits says for how long
    javalin.http.prefer405over404 = true;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.jsonMapper(new JacksonMapper());
    javalin.router.javaLangErrorHandler((response, error) -> {
      LOG.error("http: a request failed", error);
      response.setStatus(500);
    });
    javalin.jetty.threadPool = Doors.threads();
    javalin.jetty.modifyHttpConfiguration(Doors::set);
    javalin.jetty.modifyServer(server -> server.setErrorHandler(new Doors.Errors()));
    javalin.jetty.addConnector((server, http) -> Doors.open(server, http, config, patience));
    routes(javalin.routes);
  }

  private void routes(RoutesConfig routes) {
    boolean secure = config.tls() != null;
    routes.before(request -> {
      Headers.add(request, secure);
      parts.guard().check(request);
    });
    routes.beforeMatched(parts.access()::check);
    parts.addTo(routes);
    routes.exception(Problem.class, this::refuse);
    routes.exception(
        PushRefused.class,
        (e, request) -> refuse(Problem.refused(String.valueOf(e.getMessage())), request));
    routes.exception(
        StoreUnavailable.class,
        (e, request) -> {
          LOG.warn("http: the store did not answer {}: {}", request.path(), e.getMessage());
          refuse(Problem.busy("the store does not answer now; try again", 5), request);
        });
    routes.exception(HttpResponseException.class, this::unroutable);
    routes.exception(EofException.class, (e, request) -> LOG.debug("http: a client went away"));
    routes.exception(
        Exception.class,
        (e, request) -> {
          LOG.error("http: {} {} failed", request.method(), PushReader.shown(request.path()), e);
          Answers.problem(request, Problem.internal());
        });
  }

  private void refuse(Problem problem, Context request) {
    int status = problem.status();
    if (status == 401 || status == 403 || status == 421 || status == 429) {
      parts.trail().refused(request, status);
    }
    answer(request, problem);
  }

  /** What Javalin itself refuses. */
  private void unroutable(HttpResponseException e, Context request) {
    Problem problem =
        switch (e.getStatus()) {
          case 404 ->
              Problem.unknown("there is nothing here; GET /api/v1/openapi.json says what is");
          case 405 ->
              Problem.status(
                  405, "Not this way", "this address does not know " + request.method().name());
          case 413 -> Problem.tooLarge("the request is too large");
          default -> Problem.status(e.getStatus(), "Bad request", "this cannot be answered");
        };
    answer(request, problem);
  }

  /** As a page where a browser asked for one, as JSON everywhere else. */
  private void answer(Context request, Problem problem) {
    if (!parts.pages().refused(problem, request)) {
      Answers.problem(request, problem);
    }
  }
}
