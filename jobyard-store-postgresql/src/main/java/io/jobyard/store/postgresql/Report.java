package io.jobyard.store.postgresql;

import io.jobyard.store.StoreReport;
import io.jobyard.store.StoreReport.Finding;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code doctor} says of a server: what it is, what it promises, what to change. */
final class Report {
  private static final int OLDEST_VERSION = 140_000;
  private static final long CLOCK_MS = 2_000;
  private static final Duration LONG = Duration.ofMinutes(5);

  private static final String DURABILITY =
      "an acknowledged push survives a crash of the process, of the server and a power cut; leases"
          + " and outcomes of the last moment may be lost with the server, and those jobs run once"
          + " more";

  private static final String NOT_DURABLE =
      "an acknowledged push may be lost in a crash or power cut of the server, see the findings";

  private static final String OTHERS =
      """
      select count(*) filter (where xact_start < clock_timestamp() - make_interval(secs => ?)),
             count(*) filter (where state = 'idle in transaction'
                                and state_change < clock_timestamp() - make_interval(secs => ?)),
             count(*)
        from pg_stat_activity
       where backend_type = 'client backend'
         and pid <> pg_backend_pid()
      """;

  /** The server keeps the word that was written: off, no, 0, and so on. */
  private static final String WITHOUT_AUTOVACUUM =
      """
      select format('%I.%I', s.nspname, c.relname)
        from pg_class jobs
        join pg_namespace s
          on s.oid = jobs.relnamespace
        join pg_class c
          on c.relnamespace = jobs.relnamespace
         and c.relkind = 'r'
         and starts_with(c.relname, ?)
       where jobs.oid = to_regclass(?)
         and exists (select 1
                       from pg_options_to_table(c.reloptions) o
                      where case o.option_name
                              when 'autovacuum_enabled' then not o.option_value::boolean
                              else false
                            end)
       order by c.relname
      """;

  private final PostgresUrl url;
  private final Sql sql;
  private final Pool pool;
  private final Ear ear;
  private final boolean pooler;

  Report(PostgresUrl url, Sql sql, Pool pool, Ear ear, boolean pooler) {
    this.url = url;
    this.sql = sql;
    this.pool = pool;
    this.ear = ear;
    this.pooler = pooler;
  }

  StoreReport make() {
    return pool.repeat(db -> {
      List<Finding> findings = findings(db);
      boolean durable = setting(db, "fsync").equals("on");
      return new StoreReport(
          url.shown(),
          "PostgreSQL " + setting(db, "server_version"),
          Schema.latest(),
          env(db),
          durable ? DURABILITY : NOT_DURABLE,
          findings);
    });
  }

  private @Nullable String env(Db db) throws SQLException {
    return db.first(
        sql.fill("select env from {t}store where env is not null"), row -> row.getString(1));
  }

  private List<Finding> findings(Db db) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    checkVersion(db, findings);
    checkDurability(db, findings);
    checkClock(db, findings);
    checkIsolation(db, findings);
    checkAutovacuum(db, findings);
    checkOthers(db, findings);
    checkNotifications(findings);
    return findings;
  }

  private static void checkVersion(Db db, List<Finding> findings) throws SQLException {
    if (Integer.parseInt(setting(db, "server_version_num")) < OLDEST_VERSION) {
      findings.add(
          problem(
              "the server is PostgreSQL "
                  + setting(db, "server_version")
                  + ", which its makers no longer mend; upgrade it to 14 or newer"));
    }
  }

  private static void checkDurability(Db db, List<Finding> findings) throws SQLException {
    if (!setting(db, "fsync").equals("on")) {
      findings.add(
          problem(
              "fsync is off: a crash of the machine can lose pushes and damage the database; set"
                  + " fsync = on"));
    }
    if (!setting(db, "full_page_writes").equals("on")) {
      findings.add(
          problem(
              "full_page_writes is off: a power cut can damage the database, unless its disk writes"
                  + " whole pages; set full_page_writes = on"));
    }
    if (initially(db, "synchronous_commit").equals("off")) {
      findings.add(
          advice(
              "synchronous_commit is off by default: Jobyard turns it on for its own pushes, but a"
                  + " push within a transaction of yours may be lost in a crash; set it on there"));
    }
  }

  private static void checkClock(Db db, List<Finding> findings) throws SQLException {
    long before = System.currentTimeMillis();
    Long server =
        db.first(
            "select (extract(epoch from clock_timestamp()) * 1000)::bigint", row -> row.getLong(1));
    long after = System.currentTimeMillis();
    long difference = server == null ? 0 : server - (before + after) / 2;
    if (Math.abs(difference) > CLOCK_MS + (after - before)) {
      findings.add(
          advice(
              "the server's clock differs from this machine's by "
                  + difference
                  + " ms; delays and leases go by the server's, times in logs by this one's: run an"
                  + " NTP client on both"));
    }
  }

  private static void checkIsolation(Db db, List<Finding> findings) throws SQLException {
    String isolation = initially(db, "default_transaction_isolation");
    if (!isolation.equals("read committed")) {
      findings.add(
          advice(
              "the default isolation level is "
                  + isolation
                  + "; behind a pooler Jobyard cannot choose its own and must repeat statements: set"
                  + " default_transaction_isolation = 'read committed' for its role"));
    }
  }

  private void checkAutovacuum(Db db, List<Finding> findings) throws SQLException {
    if (!setting(db, "autovacuum").equals("on")) {
      findings.add(
          problem(
              "autovacuum is off: the job tables grow and slow down for ever; set autovacuum = on"));
    }
    for (String table :
        db.list(WITHOUT_AUTOVACUUM, row -> row.getString(1), url.prefix(), sql.fill("{t}jobs"))) {
      findings.add(
          problem(
              "autovacuum is off for "
                  + table
                  + "; run: alter table "
                  + table
                  + " reset (autovacuum_enabled)"));
    }
  }

  private void checkOthers(Db db, List<Finding> findings) throws SQLException {
    double seconds = LONG.toSeconds();
    long[] others =
        db.first(
            OTHERS,
            row -> new long[] {row.getLong(1), row.getLong(2), row.getLong(3)},
            seconds,
            seconds);
    if (others == null) {
      return;
    }
    if (others[0] > 0) {
      findings.add(
          advice(
              others[0]
                  + " transactions have been open for over 5 minutes: nothing that is deleted can be"
                  + " cleaned up meanwhile; find them in pg_stat_activity by xact_start and end"
                  + " them"));
    }
    if (others[1] > 0) {
      findings.add(
          advice(
              others[1]
                  + " connections have been idle in a transaction for over 5 minutes; set"
                  + " idle_in_transaction_session_timeout"));
    }
    int most = Integer.parseInt(setting(db, "max_connections"));
    if (others[2] + url.pool() > most * 0.9) {
      findings.add(
          advice(
              others[2]
                  + " connections are open, this process may take "
                  + (url.pool() + 1)
                  + ", and max_connections is "
                  + most
                  + "; raise it, or lower pool= in the URL"));
    }
  }

  private void checkNotifications(List<Finding> findings) {
    if (!url.listen()) {
      findings.add(
          advice("listen=false: jobs start within 'poll'; remove it where no pooler is between"));
    } else if (ear.deaf()) {
      findings.add(
          advice(
              "notifications do not get through, as behind a pooler in transaction mode: jobs start"
                  + " within 'poll'; name the server itself in the URL, or add listen=false to say"
                  + " that you know"));
    } else if (pooler) {
      findings.add(
          advice(
              "a pooler is between this process and the server; Jobyard prepares no statements"
                  + " through it, which costs speed: name the server itself if you can"));
    }
  }

  /** As it is now. */
  private static String setting(Db db, String name) throws SQLException {
    String value = db.first("select current_setting(?)", row -> row.getString(1), name);
    return value == null ? "" : value;
  }

  /** As it is for a new connection, whatever this one was told. */
  private static String initially(Db db, String name) throws SQLException {
    String value =
        db.first("select reset_val from pg_settings where name = ?", row -> row.getString(1), name);
    return value == null ? "" : value;
  }

  private static Finding problem(String text) {
    return new Finding(true, text);
  }

  private static Finding advice(String text) {
    return new Finding(false, text);
  }
}
