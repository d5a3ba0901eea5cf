package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.store.Script;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.SchemaScripts;
import io.jobyard.store.jdbc.SchemaScripts.Step;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Our tables in a database: which version they have, and how to bring them up to date. Any number
 * of processes may try at once; the first does it. Stateless.
 */
final class Schema {
  private static final SchemaScripts SCRIPTS =
      new SchemaScripts(Schema.class, List.of("0001-jobs.sql"));

  private static final String CREATE =
      """
      create table if not exists jobyard_schema (
        version           integer not null,
        oldest_compatible integer not null
      )
      """;

  private static final String PRESENT =
      """
      select 1
        from sqlite_master
       where type = 'table'
         and name = 'jobyard_schema'
      """;

  private static final String VERSION = "select version, oldest_compatible from jobyard_schema";

  private static final String FORGET = "delete from jobyard_schema";

  private static final String NOTE =
      """
      insert into jobyard_schema (version, oldest_compatible)
      values (?, ?)
      """;

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
    return scripts(SCRIPTS.after(0));
  }

  /** What remains to be done; refuses what a newer program wrote and this one cannot work with. */
  List<Script> pending(Db db) throws SQLException {
    return scripts(SCRIPTS.after(version(db)));
  }

  /** Does what remains, within one transaction of the caller. */
  List<Script> migrate(Db db) throws SQLException {
    db.update(CREATE);
    List<Step> scripts = SCRIPTS.after(version(db));
    for (Step script : scripts) {
      db.script(script.sql());
      db.update(FORGET);
      db.update(NOTE, script.version(), script.oldestCompatible());
    }
    return scripts(scripts);
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

  private static List<Script> scripts(List<Step> steps) {
    return steps.stream().map(Step::script).toList();
  }

  private record Version(int number, int oldestCompatible) {}
}
