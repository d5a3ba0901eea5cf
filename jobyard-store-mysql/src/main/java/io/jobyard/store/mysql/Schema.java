package io.jobyard.store.mysql;

import io.jobyard.JobyardException;
import io.jobyard.store.Environment;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.SchemaScripts;
import io.jobyard.store.jdbc.SchemaScripts.Step;
import io.jobyard.store.jdbc.TableNames;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Our tables in a database: which version they have, and how to bring them up to date. Any number
 * of processes may try at once; a lock of the server lets one do it. No statement that makes tables
 * can be rolled back, hence each may be repeated, and the version is noted after the last.
 */
final class Schema {
  private static final List<String> NAMES = List.of("0001-jobs.sql");
  private static final int LOCK_SECONDS = 60;

  /** The identity is the server's to make, or all who run a printed script would have the same. */
  private static final String FIRST =
      """
      create table if not exists {t}schema (
        one               tinyint     not null primary key,
        version           int         not null,
        oldest_compatible int         not null,
        env               longtext,
        identity          varchar(64) not null
      ) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

      insert ignore into {t}schema (one, version, oldest_compatible, identity)
      values (1, 0, 0, uuid());
      """;

  private static final String PRESENT =
      """
      select 1
        from information_schema.tables
       where table_schema = database()
         and table_name = ?
      """;

  private static final String VERSION =
      "select version, oldest_compatible from {t}schema where version > 0";

  static final String ENV = "select env from {t}schema where env is not null";
  private static final String CLAIM = "update {t}schema set env = ? where env is null";
  static final String IDENTITY = "select identity from {t}schema";

  private final MysqlUrl url;
  private final SchemaScripts scripts;

  Schema(MysqlUrl url) {
    this.url = url;
    this.scripts = new SchemaScripts(Schema.class, NAMES, url.names()::fill);
  }

  /** The version this program brings tables to. */
  int latest() {
    return scripts.latest();
  }

  /** What remains to be done; refuses what a newer program wrote and this one cannot work with. */
  List<Script> pending(Tx tx) throws SQLException {
    int version = version(tx);
    List<Script> pending = new ArrayList<>();
    if (version == 0) {
      pending.add(new Script("0000-schema.sql", url.names().fill(FIRST)));
    }
    scripts.after(version).forEach(step -> pending.add(whole(step)));
    return pending;
  }

  /** Does what remains, one process at a time. */
  List<Script> migrate(Tx tx) throws SQLException {
    String lock = lockName(url);
    Integer got = tx.first("select get_lock(?, ?)", row -> row.getInt(1), lock, LOCK_SECONDS);
    if (got == null || got != 1) {
      throw new JobyardException(
          url
              + ": another process has been changing the tables for "
              + LOCK_SECONDS
              + " seconds; wait for it, then try again");
    }
    try {
      return migrateLocked(tx);
    } finally {
      tx.first("select release_lock(?)", row -> 1, lock);
    }
  }

  private List<Script> migrateLocked(Tx tx) throws SQLException {
    List<Script> pending = pending(tx);
    for (Script script : pending) {
      for (String statement : statements(script.text())) {
        tx.update(statement);
      }
    }
    return pending;
  }

  /** Refuses tables of an older version. */
  void requireUpToDate(Tx tx) throws SQLException {
    int version = version(tx);
    if (version < latest()) {
      throw new JobyardException(
          url
              + (version == 0
                  ? ": there are no tables of Jobyard yet"
                  : ": the tables are of schema " + version + ", this Jobyard needs " + latest())
              + "; run 'jobyard migrate', or let 'migrate: auto' do it");
    }
  }

  /** Refuses a process of another environment; who asks has changed nothing yet. */
  void requireEnv(Tx tx, @Nullable String env) throws SQLException {
    if (env == null || !present(tx)) {
      return;
    }
    @Nullable String stored = tx.first(ENV, row -> row.getString(1));
    if (stored != null) {
      Environment.require(env, stored, url.toString());
    }
  }

  /** Lets a process in that belongs to this environment; the first that works here decides. */
  void admit(Tx tx, StoreOptions options) throws SQLException {
    if (options.env() != null && options.claims()) {
      tx.update(CLAIM, options.env());
    }
    requireEnv(tx, options.env());
  }

  /** The statements of a script; comments are lines of their own. */
  static List<String> statements(String script) {
    String plain =
        script.lines().filter(line -> !line.startsWith("--")).reduce("", (a, b) -> a + b + "\n");
    return List.of(plain.split(";\\s*\\n")).stream()
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** With the note that it was done, so that people who run it by hand need to know nothing. */
  private Script whole(Step step) {
    String note =
        "\nupdate {t}schema set version = %d, oldest_compatible = %d;\n"
            .formatted(step.version(), step.oldestCompatible());
    return new Script(step.name(), step.sql() + url.names().fill(note));
  }

  /** Names of locks are the whole server's, and at most 64 characters. */
  private static String lockName(MysqlUrl url) {
    TableNames names = url.names();
    return "jobyard-" + UUID.nameUUIDFromBytes(Tx.bytes(url.database() + "/" + names.prefix()));
  }

  private boolean present(Tx tx) throws SQLException {
    return tx.first(PRESENT, row -> true, url.names().fill("{n}schema")) != null;
  }

  private int version(Tx tx) throws SQLException {
    if (!present(tx)) {
      return 0;
    }
    @Nullable Version version = tx.first(VERSION, row -> new Version(row.getInt(1), row.getInt(2)));
    if (version == null) {
      return 0;
    }
    if (version.oldestCompatible > latest()) {
      throw new JobyardException(
          url
              + ": the tables were written by Jobyard schema "
              + version.number
              + "; this one knows up to "
              + latest()
              + ": upgrade");
    }
    return version.number;
  }

  private record Version(int number, int oldestCompatible) {}
}
