package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.store.Script;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.SchemaScripts;
import io.jobyard.store.jdbc.SchemaScripts.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Our tables in a database: which version they have, and how to bring them up to date. Any number
 * of processes may try at once; the first does it. Stateless.
 */
final class Schema {
  private static final List<String> FILES = List.of("0001-jobs.sql");

  private static final String CREATE =
      """
      create table if not exists {t}schema (
        version           integer not null,
        oldest_compatible integer not null
      );
      """;

  private final PostgresUrl url;
  private final Sql sql;
  private final SchemaScripts scripts;

  Schema(PostgresUrl url, Sql sql) {
    this.url = url;
    this.sql = sql;
    this.scripts = new SchemaScripts(Schema.class, FILES, sql::fill);
  }

  /** The version this program brings tables to. */
  static int latest() {
    return FILES.size();
  }

  /** What remains to be done; refuses what a newer program wrote and this one cannot work with. */
  List<Script> pending(Db db) throws SQLException {
    int version = version(db);
    List<Script> pending = new ArrayList<>();
    if (version == 0) {
      pending.add(first(db));
    }
    scripts.after(version).forEach(step -> pending.add(whole(step)));
    return pending;
  }

  /** Does what remains, within one transaction of the caller. */
  List<Script> migrate(Db db) throws SQLException {
    String key = sql.fill("{t}");
    db.first("select pg_advisory_xact_lock(hashtextextended('jobyard ' || ?, 0))", row -> 1, key);
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
          url
              + (version == 0
                  ? ": there are no tables of Jobyard yet"
                  : ": the tables are of schema " + version + ", this Jobyard needs " + latest())
              + "; run 'jobyard migrate', or let 'migrate: auto' do it");
    }
  }

  /** Names the schema only where it is missing: creating it takes a right that few roles have. */
  private Script first(Db db) throws SQLException {
    String schema = url.schema();
    String text = sql.fill(CREATE);
    boolean there =
        schema == null
            || Objects.requireNonNull(
                db.first(
                    "select to_regnamespace(?) is not null", row -> row.getBoolean(1), schema));
    return new Script(
        "0000-schema.sql",
        there ? text : "create schema if not exists \"" + schema + "\";\n\n" + text);
  }

  /** With the note that it was done, so that people who run it by hand need to know nothing. */
  private Script whole(Step step) {
    String note =
        sql.fill(
            """

            delete from {t}schema;

            insert into {t}schema (version, oldest_compatible) values (%d, %d);
            """
                .formatted(step.version(), step.oldestCompatible()));
    return new Script(step.name(), step.sql() + note);
  }

  private int version(Db db) throws SQLException {
    String table = sql.fill("{t}schema");
    if (!Objects.requireNonNull(
        db.first("select to_regclass(?) is not null", row -> row.getBoolean(1), table))) {
      return 0;
    }
    @Nullable Version version =
        db.first(
            "select version, oldest_compatible from " + table,
            row -> new Version(row.getInt(1), row.getInt(2)));
    if (version == null) {
      return 0;
    }
    if (version.oldestCompatible > latest()) {
      throw new JobyardException(
          url
              + ": the tables were made by Jobyard schema "
              + version.number
              + "; this one knows up to "
              + latest()
              + ": upgrade");
    }
    return version.number;
  }

  private record Version(int number, int oldestCompatible) {}
}
