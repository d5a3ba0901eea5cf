package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.store.Environment;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.SchemaScripts;
import io.jobyard.store.jdbc.SchemaScripts.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Our tables in a database: which version they have, and how to bring them up to date. Any number
 * of processes may try at once; the first does it. Stateless.
 */
final class Schema {
  private static final SchemaScripts SCRIPTS =
      new SchemaScripts(Schema.class, List.of("0001-jobs.sql"));

  private static final Script FIRST =
      new Script(
          "0000-schema.sql",
          """
          create table if not exists jobyard_schema (
            version           integer not null,
            oldest_compatible integer not null,
            env               text
          );

          insert into jobyard_schema (version, oldest_compatible)
          select 0, 0
           where not exists (select 1 from jobyard_schema);
          """);

  private static final String PRESENT =
      """
      select 1
        from sqlite_master
       where type = 'table'
         and name = 'jobyard_schema'
      """;

  private static final String VERSION = "select version, oldest_compatible from jobyard_schema";

  static final String ENV = "select env from jobyard_schema where env is not null";

  private static final String CLAIM = "update jobyard_schema set env = ? where env is null";

  private final SqliteFile file;

  Schema(SqliteFile file) {
    this.file = file;
  }

  /** The version this program brings tables to. */
  static int latest() {
    return SCRIPTS.latest();
  }

  /** The scripts for an empty database. */
  static List<Script> all() {
    return after(0);
  }

  /** What remains to be done; refuses what a newer program wrote and this one cannot work with. */
  List<Script> pending(Db db) throws SQLException {
    return after(version(db));
  }

  /** Does what remains, within one transaction of the caller. */
  List<Script> migrate(Db db) throws SQLException {
    List<Script> pending = pending(db);
    for (Script script : pending) {
      db.script(script.text());
    }
    return pending;
  }

  /** Refuses tables of an older version. */
  void requireUpToDate(Db db) throws SQLException {
    int version = version(db);
    if (version < latest()) {
      throw new JobyardException(
          file
              + (version == 0
                  ? ": there are no tables of Jobyard yet"
                  : ": the tables are of schema " + version + ", this Jobyard needs " + latest())
              + "; run 'jobyard migrate', or let 'migrate: auto' do it");
    }
  }

  /** Refuses a process of another environment; who asks has changed nothing yet. */
  void requireEnv(Db db, @Nullable String env) throws SQLException {
    if (env == null || db.first(PRESENT, row -> true) == null) {
      return;
    }
    @Nullable String stored = db.first(ENV, row -> row.getString(1));
    if (stored != null) {
      Environment.require(env, stored, file.url());
    }
  }

  /** Lets a process in that belongs to this environment; the first that works here decides. */
  void admit(Db db, StoreOptions options) throws SQLException {
    boolean claims = options.env() != null && options.claims();
    if (claims && db.first(ENV, row -> row.getString(1)) == null) {
      // One statement, one transaction: of two that come at once, the second changes nothing.
      db.update(CLAIM, options.env());
    }
    requireEnv(db, options.env());
  }

  private int version(Db db) throws SQLException {
    if (db.first(PRESENT, row -> true) == null) {
      return 0;
    }
    @Nullable Version version = db.first(VERSION, row -> new Version(row.getInt(1), row.getInt(2)));
    if (version == null) {
      return 0;
    }
    if (version.oldestCompatible > latest()) {
      throw new JobyardException(
          file
              + ": the database was written by Jobyard schema "
              + version.number
              + "; this one knows up to "
              + latest()
              + ": upgrade");
    }
    return version.number;
  }

  private static List<Script> after(int version) {
    List<Script> scripts = new ArrayList<>();
    if (version == 0) {
      scripts.add(FIRST);
    }
    SCRIPTS.after(version).forEach(step -> scripts.add(whole(step)));
    return scripts;
  }

  /** With the note that it was done, so that people who run it by hand need to know nothing. */
  private static Script whole(Step step) {
    String note =
        "\nupdate jobyard_schema set version = %d, oldest_compatible = %d;\n"
            .formatted(step.version(), step.oldestCompatible());
    return new Script(step.name(), step.sql() + note);
  }

  private record Version(int number, int oldestCompatible) {}
}
