package io.jobyard.store.mysql;

import io.jobyard.store.StoreOptions;
import io.jobyard.testing.MariaServer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A database of the shared server with nothing in its tables, and a clock that stands still. */
final class EmptyDatabase {
  private static final Queue<EmptyDatabase> FREE = new ConcurrentLinkedQueue<>();

  private final MariaServer server;
  private final String url;

  private EmptyDatabase(MariaServer server) {
    this.server = server;
    this.url = lasting(server);
    server.run("create table " + name() + ".clock (now bigint not null)");
    new MysqlStoreProvider().migrate(url, StoreOptions.defaults(), false);
  }

  /** One that was used before, if there is one. */
  static EmptyDatabase take(MariaServer server, long now) {
    EmptyDatabase used = FREE.poll();
    EmptyDatabase database = used == null ? new EmptyDatabase(server) : used;
    database.empty(now);
    return database;
  }

  /** The URL of a new database that stays until the JVM ends. */
  static String lasting(MariaServer server) {
    String url = server.newDatabase();
    if (!server.own()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> server.drop(url)));
    }
    return url;
  }

  String url() {
    return url;
  }

  String name() {
    return url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
  }

  /** To be called when nothing uses it any more. */
  void giveBack() {
    FREE.add(this);
  }

  private void empty(long now) {
    String tables = name() + ".jobyard_";
    server.run(
        "delete from " + tables + "jobs",
        "delete from " + tables + "counters",
        "delete from " + tables + "sessions",
        "delete from " + tables + "wakes",
        "delete from " + tables + "queues",
        "delete from " + tables + "samples",
        "update " + tables + "schema set env = null",
        "delete from " + name() + ".clock",
        "insert into " + name() + ".clock values (" + now + ")");
  }
}
