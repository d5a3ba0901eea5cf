package io.jobyard.store.sqlite;

import io.jobyard.store.StoreReport;
import io.jobyard.store.StoreReport.Finding;
import io.jobyard.store.jdbc.Db;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What {@code doctor} says of a database: what it is, what it promises, what is wrong. */
final class Report {
  private static final long MIB = 1024 * 1024;
  private static final long CHECKED_UP_TO = 512 * MIB;
  private static final long SPACE_WANTED = 256 * MIB;
  private static final long WAL_EXPECTED = 4 * Checkpointer.KEPT_WAL_BYTES;
  private static final Set<String> NETWORK =
      Set.of("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "sshfs", "fuse.sshfs", "afpfs", "9p");

  private static final String DURABILITY =
      "an acknowledged push survives a crash of the process, of the system and a power cut;"
          + " leases and outcomes since the last flush may be lost in a power cut, and those jobs run"
          + " once more";

  private final SqliteFile file;
  private final Reader reader;

  Report(SqliteFile file, Reader reader) {
    this.file = file;
    this.reader = reader;
  }

  StoreReport make() {
    return reader.read(db ->
        new StoreReport(
            file.url(),
            "SQLite " + text(db, "select sqlite_version()"),
            Schema.latest(),
            db.first(Schema.ENV, row -> row.getString(1)),
            DURABILITY,
            findings(db)));
  }

  private List<Finding> findings(Db db) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    String mode = text(db, "pragma journal_mode");
    if (!mode.equals("wal")) {
      findings.add(
          problem(
              "the journal mode is "
                  + mode
                  + " and not wal, so pushes may be lost in a power cut; set it with 'sqlite3 "
                  + file.path()
                  + " \"pragma journal_mode=wal\"'"));
    }
    checkPages(db, findings);
    try {
      checkDisk(findings);
    } catch (IOException e) {
      findings.add(problem("the disk of " + file.path() + " cannot be asked: " + e.getMessage()));
    }
    return findings;
  }

  private void checkPages(Db db, List<Finding> findings) throws SQLException {
    long size = size(file.path());
    if (size > CHECKED_UP_TO) {
      findings.add(
          advice(
              "the file has %,d MiB and was not checked for damage, which would take long; run 'sqlite3 %s \"pragma quick_check\"'"
                  .formatted(size / MIB, file.path())));
      return;
    }
    String answer = text(db, "pragma quick_check(1)");
    if (!answer.equals("ok")) {
      findings.add(
          problem(
              "the database is damaged ("
                  + answer
                  + "); stop all nodes, keep a copy, then restore a backup or run 'sqlite3 "
                  + file.path()
                  + " .recover'"));
    }
  }

  private void checkDisk(List<Finding> findings) throws IOException {
    FileStore disk = Files.getFileStore(file.path());
    if (NETWORK.contains(disk.type().toLowerCase(Locale.ROOT))) {
      findings.add(
          problem(
              file.folder()
                  + " is on a network file system ("
                  + disk.type()
                  + "), whose locks SQLite cannot rely on; move the file to a local disk"));
    }
    if (disk.getUsableSpace() < SPACE_WANTED) {
      findings.add(
          problem(
              "only %,d MiB are free in %s; pushes fail once it is full"
                  .formatted(disk.getUsableSpace() / MIB, file.folder())));
    }
    long wal = size(file.wal());
    if (wal > WAL_EXPECTED) {
      findings.add(
          advice(
              "%s has %,d MiB: some program keeps a read transaction open; find and end it"
                  .formatted(file.wal(), wal / MIB)));
    }
  }

  private static long size(Path path) {
    return path.toFile().length();
  }

  private static String text(Db db, String sql) throws SQLException {
    String text = db.first(sql, row -> row.getString(1));
    return text == null ? "" : text;
  }

  private static Finding problem(String text) {
    return new Finding(true, text);
  }

  private static Finding advice(String text) {
    return new Finding(false, text);
  }
}
