package io.jobyard.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL, started from its artifacts with the durability of a server as it comes, unless
 * {@value #VARIABLE} names one to use instead. Whoever shares one takes a schema of its own.
 *
 * <p>Safe for any thread but for stopping and starting. Closing it twice is harmless; a shared one
 * ends with the JVM.
 */
public final class PostgresServer implements AutoCloseable {
  /** Names a running server, as {@code postgresql://user:password@host:port/database}. */
  public static final String VARIABLE = "JOBYARD_TEST_POSTGRESQL_URL";

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private final @Nullable String foreign;
  private final @Nullable Path data;
  private final Map<String, String> settings;
  private @Nullable EmbeddedPostgres server;
  private int port;

  private PostgresServer(
      @Nullable String foreign, @Nullable Path data, Map<String, String> settings) {
    this.foreign = foreign;
    this.data = data;
    this.settings = settings;
  }

  /** The one of this JVM; started at the first call. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** Whether {@link #shared} is a server that the environment names. */
  public static boolean replaced() {
    return System.getenv(VARIABLE) != null;
  }

  /**
   * A server of the caller's own, to be stopped, killed and closed.
   *
   * @param settings as in postgresql.conf, on top of the server's defaults
   */
  public static PostgresServer own(Map<String, String> settings) {
    try {
      PostgresServer own =
          new PostgresServer(
              null, Files.createTempDirectory("jobyard-postgres-"), Map.copyOf(settings));
      own.start();
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for PostgreSQL's data could be made", e);
    }
  }

  /** Where it listens, as Jobyard names stores. */
  public String url() {
    return foreign != null ? foreign : "postgresql://postgres@127.0.0.1:" + port + "/postgres";
  }

  /** The same with a schema that nobody has used; it comes to be when a store is opened. */
  public String freshUrl() {
    String url = url();
    String schema = "jobyard_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    return url + (url.contains("?") ? "&" : "?") + "schema=" + schema;
  }

  /** Removes the schema that such a URL names, with all that is in it. */
  public void drop(String freshUrl) {
    int schema = freshUrl.indexOf("schema=");
    if (schema < 0) {
      throw new IllegalArgumentException("no schema is named by " + freshUrl);
    }
    String name = freshUrl.substring(schema + "schema=".length()).split("&", 2)[0];
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set client_min_messages = warning");
      statement.execute("drop schema if exists \"" + name + "\" cascade");
    } catch (SQLException e) {
      throw new IllegalStateException("schema " + name + " could not be dropped", e);
    }
  }

  /** A plain connection, in auto-commit. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl());
  }

  /** Where it listens, as JDBC names it, user and password included. */
  public String jdbcUrl() {
    URI uri = URI.create(url());
    StringBuilder jdbc = new StringBuilder("jdbc:postgresql://").append(uri.getHost());
    jdbc.append(':').append(uri.getPort() < 0 ? 5432 : uri.getPort()).append(uri.getPath());
    String[] user = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    List<String> names = List.of("user", "password");
    for (int i = 0; i < user.length; i++) {
      jdbc.append(i == 0 ? '?' : '&').append(names.get(i)).append('=');
      jdbc.append(URLEncoder.encode(user[i], StandardCharsets.UTF_8));
    }
    return jdbc.toString();
  }

  /** Where the data of a server of the caller's own is. */
  public Path folder() {
    if (data == null) {
      throw new IllegalStateException("the data of " + foreign + " is not ours");
    }
    return data;
  }

  /** Starts it again on the same data and port; nothing if it runs. */
  public void start() {
    if (server != null || data == null) {
      return;
    }
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(port)
            // The library's own defaults would answer before a commit is on disk.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("max_connections", "100");
    settings.forEach(builder::setServerConfig);
    try {
      server = builder.start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start on " + data, e);
    }
  }

  /** Stops it as an operator does: open transactions are broken off. */
  public void stop() {
    EmbeddedPostgres running = server;
    server = null;
    if (running != null) {
      try {
        running.close();
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL did not stop", e);
      }
    }
  }

  /** Kills all its processes at once, as a crash does; what was acknowledged is in its log. */
  public void kill() {
    if (server == null || data == null) {
      return;
    }
    List<ProcessHandle> processes = processes(data);
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
    stop();
  }

  /** Stops the processes of a server of the caller's own where they are, until {@link #thaw}. */
  public void freeze() {
    signal(Signal.STOP);
  }

  public void thaw() {
    signal(Signal.CONT);
  }

  private void signal(Signal signal) {
    processes(folder()).forEach(process -> signal.send(process.pid()));
  }

  /** Stops it and removes its data. */
  @Override
  public void close() {
    stop();
    if (data == null || !Files.exists(data)) {
      return;
    }
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("remove " + data + " by hand", e);
    }
  }

  private static List<ProcessHandle> processes(Path data) {
    ProcessHandle postmaster = postmaster(data);
    return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
  }

  private static ProcessHandle postmaster(Path data) {
    try {
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("the server of " + data + " was not found", e);
    }
  }

  private static final class Shared {
    static final PostgresServer SERVER = make();

    private static PostgresServer make() {
      String foreign = System.getenv(VARIABLE);
      if (foreign != null) {
        return new PostgresServer(foreign, null, Map.of());
      }
      PostgresServer own = own(Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(own::close));
      return own;
    }
  }
}
