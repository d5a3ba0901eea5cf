package io.jobyard.scenarios;

import io.jobyard.testing.MariaServer;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.RedisServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The stores that scenarios play on; all scenes of this JVM share a store's server. */
enum Ground {
  SQLITE {
    @Override
    String place(Path dir) {
      return "sqlite:" + dir.resolve("jobs.db");
    }

    @Override
    Connection connect(Scene scene) throws SQLException {
      return DriverManager.getConnection(
          "jdbc:" + scene.url + "?transaction_mode=IMMEDIATE&busy_timeout=10000");
    }
  },
  POSTGRESQL {
    @Override
    String place(Path dir) {
      return PostgresServer.shared().freshUrl();
    }

    @Override
    Connection connect(Scene scene) throws SQLException {
      return PostgresServer.shared().connect();
    }
  },
  MARIADB {
    @Override
    String place(Path dir) {
      return MariaServer.shared().newDatabase();
    }

    @Override
    Connection connect(Scene scene) throws SQLException {
      return MariaServer.shared().connect(scene.url);
    }
  },
  REDIS {
    @Override
    String place(Path dir) {
      return RedisServers.single();
    }
  },
  REDIS_CLUSTER {
    @Override
    String place(Path dir) {
      return RedisServers.cluster();
    }
  };

  /** The URL of a place that nobody used before. */
  abstract String place(Path dir);

  /** An application's own connection to the place of a scene. */
  Connection connect(Scene scene) throws SQLException {
    throw new IllegalStateException(this + " knows no transactions");
  }
}
