package io.jobyard.scenarios;

import io.jobyard.testing.MariaServer;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/** A server of a scene's own, that is stopped, killed and cut; it keeps its address and data. */
interface Server extends AutoCloseable {
  static Server start(Ground ground) {
    return switch (ground) {
      case POSTGRESQL -> new Postgres();
      case MARIADB -> new Maria();
      case REDIS -> new Redis();
      case SQLITE, REDIS_CLUSTER ->
          throw new IllegalArgumentException(ground + " is no single server");
    };
  }

  /** The URL of an empty place on it. */
  String url();

  void start();

  /** Ends it in order, if it runs. */
  void stop();

  /** Where its data is. */
  Path folder();

  /** Ends every connection, from the server's side. */
  void cut();

  /** Ends each connection that asked nothing for two seconds, from now on. */
  void endIdle();

  /**
   * Has room for what it logs next, taken before any disk is full: a server may end itself where it
   * cannot write its log.
   */
  void freshLog();

  /** From now on what need not be durable may be forgotten, and surely is for a while. */
  void relax();

  /**
   * Kills it, as a power cut does: what was not waited for is forgotten.
   *
   * @return with all that it may have forgotten
   */
  Death crash();

  @Override
  void close();

  /** Leases and settlements are committed relaxed; they are in memory for up to three delays. */
  final class Postgres implements Server {
    private static final Duration DELAY = Duration.ofSeconds(1);
    private final PostgresServer server =
        PostgresServer.own(Map.of("wal_writer_delay", DELAY.toMillis() + "ms"));
    private final String url = server.freshUrl();

    @Override
    public String url() {
      return url;
    }

    @Override
    public Path folder() {
      return server.folder();
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void stop() {
      server.stop();
    }

    @Override
    public void cut() {
      run(
          """
          select pg_terminate_backend(pid) from pg_stat_activity
          where pid <> pg_backend_pid() and backend_type = 'client backend'
          """);
    }

    @Override
    public void endIdle() {
      run("alter system set idle_session_timeout = '2s'");
      run("select pg_reload_conf()");
      cut();
    }

    private void run(String sql) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }

    @Override
    public void freshLog() {
      run("select pg_switch_wal()");
    }

    @Override
    public void relax() {}

    @Override
    public Death crash() {
      Death death = Death.ofStore(DELAY.multipliedBy(3));
      server.kill();
      return death;
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Everything is durable, unless it is told not to be: then its log is a second behind. */
  final class Maria implements Server {
    private final MariaServer server = MariaServer.startOwn();
    private final String url = server.newDatabase();

    @Override
    public String url() {
      return url;
    }

    @Override
    public Path folder() {
      return server.folder();
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void stop() {
      server.stop();
    }

    @Override
    public void cut() {
      server.cut();
    }

    @Override
    public void endIdle() {
      server.run("set global wait_timeout = 2");
      cut();
    }

    /** It logs in circles, in a file that is there already. */
    @Override
    public void freshLog() {}

    @Override
    public void relax() {
      server.run("set global innodb_flush_log_at_trx_commit = 0");
    }

    @Override
    public Death crash() {
      Death death = Death.ofStore(Duration.ofSeconds(2));
      server.kill();
      return death;
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Its log is written at once and flushed later: a power cut takes the end of it. */
  final class Redis implements Server {
    private final RedisProcess server = RedisServers.startSingle();
    private final String url = RedisServers.fresh(RedisServers.url(server));
    private long mark = Long.MAX_VALUE;
    private long marked;

    @Override
    public String url() {
      return url;
    }

    @Override
    public Path folder() {
      return server.folder();
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void stop() {
      server.stop();
    }

    @Override
    public void cut() {
      server.command("CLIENT", "KILL", "TYPE", "normal");
      server.command("CLIENT", "KILL", "TYPE", "pubsub");
    }

    @Override
    public void endIdle() {
      server.command("CONFIG", "SET", "timeout", "2");
      cut();
    }

    /** It takes nothing more until it can write, and keeps what it took. */
    @Override
    public void freshLog() {}

    @Override
    public void relax() {
      marked = System.nanoTime();
      mark = server.logged();
    }

    @Override
    public Death crash() {
      Death death = Death.ofStore(Duration.ofNanos(System.nanoTime() - marked));
      server.kill();
      server.forget(mark);
      return death;
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
