package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.store.Environment;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.TableNames;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** The way from a URL to tables that are up to date and of the right environment. */
final class Opening {
  private final PostgresUrl url;
  private final StoreOptions options;
  private final String now;
  private final PostgresErrors errors;

  /**
   * What was found.
   *
   * @param pooler whether something is between us and the server
   * @param identity of the tables
   */
  record Found(Sql sql, boolean pooler, UUID identity) {}

  /**
   * @param now as {@link Sql} wants it
   */
  Opening(PostgresUrl url, StoreOptions options, String now) {
    this.url = url;
    this.options = options;
    this.now = now;
    this.errors = new PostgresErrors(url);
  }

  /** Looks at the database; creates and migrates where allowed. */
  Found open() {
    return connected(db -> {
      Sql sql = sql(db);
      Schema schema = new Schema(url, sql);
      requireEnvironment(db, sql);
      if (options.migrate() && !schema.pending(db).isEmpty()) {
        Pool.inTransaction(db, schema::migrate);
      }
      schema.requireUpToDate(db);
      claim(db, sql);
      UUID identity =
          db.first(sql.fill("select identity from {t}store"), row -> row.getObject(1, UUID.class));
      return new Found(sql, Pool.behindPooler(db.connection()), Objects.requireNonNull(identity));
    });
  }

  /** Brings the tables up to date, or says what would be done. */
  List<Script> migrate(boolean dryRun) {
    return connected(db -> {
      Sql sql = sql(db);
      Schema schema = new Schema(url, sql);
      requireEnvironment(db, sql);
      if (dryRun) {
        return schema.pending(db);
      }
      List<Script> done = Pool.inTransaction(db, schema::migrate);
      claim(db, sql);
      return done;
    });
  }

  private Sql sql(Db db) throws SQLException {
    String schema =
        url.schema() != null
            ? url.schema()
            : db.first("select current_schema()", row -> row.getString(1));
    if (schema == null) {
      throw new JobyardException(
          url
              + ": none of the schemas in search_path exists; create one, or name one with schema="
              + " in the URL");
    }
    return new Sql(TableNames.in('"' + schema.replace("\"", "\"\"") + '"', url.prefix()), now);
  }

  /** Refuses a process of another environment, before anything is changed. */
  private void requireEnvironment(Db db, Sql sql) throws SQLException {
    String own = options.env();
    String table = sql.fill("{t}store");
    if (own == null
        || !Objects.requireNonNull(
            db.first("select to_regclass(?) is not null", row -> row.getBoolean(1), table))) {
      return;
    }
    String theirs =
        db.first("select env from " + table + " where env is not null", row -> row.getString(1));
    if (theirs != null) {
      Environment.require(own, theirs, url.shown());
    }
  }

  /** The first that works here decides which environment this is. */
  private void claim(Db db, Sql sql) throws SQLException {
    if (options.env() != null && options.claims()) {
      db.update(sql.fill("update {t}store set env = ? where env is null"), options.env());
      requireEnvironment(db, sql);
    }
  }

  private <T> T connected(Work<T> work) {
    try (Db db = new Db(Pool.connect(url))) {
      return work.on(db);
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }
}
