package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreReport;
import io.jobyard.store.StoreReport.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@code doctor} says of a server: what it is, what it promises, what is wrong. */
final class Report {
  private static final long CLOCK_TOLERANCE = Duration.ofSeconds(5).toMillis();
  private static final long PACKET = 2L * JobStore.MAX_PAYLOAD;

  private static final long SPACE_WANTED = 500L << 20;
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final String VARIABLES =
      """
      show variables
      where variable_name in ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin',
                              'innodb_doublewrite', 'innodb_autoinc_lock_mode', 'binlog_format',
                              'max_connections', 'max_allowed_packet', 'wait_timeout', 'read_only',
                              'transaction_isolation', 'tx_isolation', 'datadir')
      """;

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int NO_PROCESS_RIGHT = 1227;

  private static final String CONNECTIONS = "show global status like 'Threads_connected'";

  /** The server tells when they began in its own time zone, whatever the connection's is. */
  private static final String OPEN_FOR_LONG =
      """
      select count(*)
        from information_schema.innodb_trx
       where trx_mysql_thread_id <> connection_id()
         and timestampdiff(microsecond, '1970-01-01', convert_tz(trx_started, 'SYSTEM', '+00:00'))
             div 1000 < {now} - ?
      """;

  private final Database database;
  private final Schema schema;

  Report(Database database, Schema schema) {
    this.database = database;
    this.schema = schema;
  }

  StoreReport make() {
    return database.read(tx -> {
      Map<String, String> variables = new HashMap<>();
      tx.each(
          VARIABLES,
          row ->
              variables.put(row.getString(1).toLowerCase(Locale.ROOT), row.getString(2)) == null);
      return new StoreReport(
          database.url().toString(),
          Version.of(tx).product(),
          schema.latest(),
          tx.first(Schema.ENV, row -> row.getString(1)),
          durability(variables),
          findings(tx, variables));
    });
  }

  private static String durability(Map<String, String> variables) {
    return switch (variables.getOrDefault("innodb_flush_log_at_trx_commit", "")) {
      case "1", "3" ->
          "an acknowledged push survives a crash of the server and a power cut; leases and outcomes"
              + " are flushed as well, because this server cannot be told otherwise for them alone";
      case "2" ->
          "an acknowledged push survives a crash of the server's process, but up to a second of"
              + " pushes may be lost in a power cut";
      default -> "up to a second of acknowledged pushes may be lost when the server crashes";
    };
  }

  private List<Finding> findings(Tx tx, Map<String, String> variables) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    checkDurability(variables, findings);
    checkLimits(variables, findings);
    checkConnections(tx, variables, findings);
    checkTransactions(tx, findings);
    checkClock(tx, findings);
    checkDisk(variables, findings);
    String isolation =
        variables.getOrDefault(
            "transaction_isolation", variables.getOrDefault("tx_isolation", "READ-COMMITTED"));
    if (!isolation.equals("READ-COMMITTED")) {
      findings.add(
          new Finding(
              true,
              "the connections are in "
                  + isolation
                  + " although READ COMMITTED was asked for; let no proxy change it"));
    }
    if (!variables.getOrDefault("innodb_autoinc_lock_mode", "1").matches("[12]")) {
      findings.add(
          advice("innodb_autoinc_lock_mode is 0, so producers wait for each other; set it to 2"));
    }
    if ("STATEMENT".equals(variables.get("binlog_format"))
        && "ON".equals(variables.get("log_bin"))) {
      findings.add(
          problem(
              "binlog_format is STATEMENT, which refuses writes in READ COMMITTED; set it to ROW"));
    }
    return findings;
  }

  private static void checkDurability(Map<String, String> variables, List<Finding> findings) {
    String flush = variables.getOrDefault("innodb_flush_log_at_trx_commit", "1");
    if (!flush.equals("1") && !flush.equals("3")) {
      findings.add(
          problem(
              "innodb_flush_log_at_trx_commit is "
                  + flush
                  + ", so acknowledged pushes may be lost; set it to 1"));
    }
    if ("ON".equals(variables.get("log_bin")) && !"1".equals(variables.get("sync_binlog"))) {
      findings.add(
          advice(
              "sync_binlog is "
                  + variables.get("sync_binlog")
                  + ", so a power cut may leave replicas without the latest jobs; set it to 1"));
    }
    String doublewrite = variables.getOrDefault("innodb_doublewrite", "ON");
    if (doublewrite.equals("OFF") || doublewrite.equals("0")) {
      findings.add(
          advice(
              "innodb_doublewrite is off, so a power cut may damage pages unless the disk writes"
                  + " them whole; set it to ON"));
    }
  }

  private void checkLimits(Map<String, String> variables, List<Finding> findings) {
    long packet = number(variables, "max_allowed_packet", PACKET);
    if (packet < PACKET) {
      findings.add(
          advice(
              "max_allowed_packet is %,d MiB, so payloads near %d MiB are refused; set it to 64M"
                  .formatted(packet >> 20, JobStore.MAX_PAYLOAD >> 20)));
    }
    long connections = number(variables, "max_connections", Long.MAX_VALUE);
    if (connections < 3L * database.url().pool()) {
      findings.add(
          advice(
              "max_connections is %d, and each process takes up to %d; raise it or lower '?pool='"
                  .formatted(connections, database.url().pool())));
    }
    long wait = number(variables, "wait_timeout", Long.MAX_VALUE);
    if (wait < 120) {
      findings.add(
          advice(
              "wait_timeout is "
                  + wait
                  + " s, so idle connections are opened anew all the time; set it to 600 or more"));
    }
    if ("ON".equals(variables.get("read_only"))) {
      findings.add(problem("the server is read_only; name the one that takes writes"));
    }
  }

  private void checkConnections(Tx tx, Map<String, String> variables, List<Finding> findings)
      throws SQLException {
    Long open = tx.first(CONNECTIONS, row -> row.getLong(2));
    long most = number(variables, "max_connections", Long.MAX_VALUE);
    if (open != null && open + database.url().pool() > most * 0.9) {
      findings.add(
          advice(
              "%d connections are open, this process may take up to %d, and max_connections is %d; raise it or lower '?pool='"
                  .formatted(open, database.url().pool(), most)));
    }
  }

  /** What they still see cannot be removed, and leases walk over it. */
  private static void checkTransactions(Tx tx, List<Finding> findings) throws SQLException {
    try {
      Long count = tx.first(OPEN_FOR_LONG, row -> row.getLong(1), LONG.toMillis());
      if (count != null && count > 0) {
        findings.add(
            advice(
                count
                    + " transactions have been open for over a minute, and leases slow down"
                    + " meanwhile; find them in information_schema.innodb_trx by trx_started and"
                    + " end them"));
      }
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_PROCESS_RIGHT) {
        throw e;
      }
      findings.add(
          advice(
              "transactions that are open for long slow leases down, and this user may not look for"
                  + " them; run doctor as one that may, or grant process on *.* to this one"));
    }
  }

  private static void checkClock(Tx tx, List<Finding> findings) throws SQLException {
    long off = tx.now() - System.currentTimeMillis();
    if (Math.abs(off) > CLOCK_TOLERANCE) {
      findings.add(
          advice(
              "the server's clock is %,d s %s this machine's; jobs follow the server's: set both by NTP"
                  .formatted(Math.abs(off) / 1_000, off > 0 ? "ahead of" : "behind")));
    }
  }

  /** Of a server on this very machine, as far as this user sees its folder. */
  private void checkDisk(Map<String, String> variables, List<Finding> findings) {
    String datadir = variables.get("datadir");
    if (datadir == null || !LOCAL.contains(database.url().host())) {
      return;
    }
    try {
      long free = Files.getFileStore(Path.of(datadir)).getUsableSpace();
      if (free < SPACE_WANTED) {
        findings.add(
            problem(
                "only %,d MiB are free in the server's %s; pushes fail once it is full"
                    .formatted(free >> 20, datadir)));
      }
    } catch (IOException e) {
      // It is another machine's behind a tunnel, or not for this user's eyes.
    }
  }

  private static long number(Map<String, String> variables, String name, long otherwise) {
    String text = variables.get(name);
    return text == null ? otherwise : Long.parseLong(text);
  }

  private static Finding problem(String text) {
    return new Finding(true, text);
  }

  private static Finding advice(String text) {
    return new Finding(false, text);
  }
}
