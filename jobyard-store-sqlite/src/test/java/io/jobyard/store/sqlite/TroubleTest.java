package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import io.jobyard.store.Stores;
import io.jobyard.store.jdbc.Db;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with a file and its disk, and that each is said in one sentence. */
final class TroubleTest {
  @TempDir Path folder;

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> open("sqlite:nowhere/jobyard.db"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining(folder.resolve("nowhere") + " does not exist; create it");
  }

  @Test
  void aFolderIsNoDatabase() {
    assertThatThrownBy(() -> open("sqlite:."))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("this is a folder; name a file in it");
    assertThatThrownBy(() -> open("sqlite:")).hasMessageContaining("names no file");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatCannotBeWrittenIsNamed() {
    assertThatThrownBy(() -> open("sqlite:/proc/jobyard.db"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("sqlite:/proc/jobyard.db")
        .hasMessageContaining("may write in /proc");
  }

  @Test
  void aTextIsNoDatabase() throws IOException {
    Files.writeString(folder.resolve("jobyard.db"), "Dear diary, ".repeat(1000));
    assertThatThrownBy(() -> open("sqlite:jobyard.db"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("is not a SQLite database")
        .hasMessageContaining("name another file");
  }

  @Test
  void damageIsToldAtOnceAndWhileRunning() throws Exception {
    try (JobStore store = open("sqlite:jobyard.db")) {
      store.push(IntStream.range(0, 2_000).mapToObj(i -> Jobs.job(500)).toList());
    }
    Path path = folder.resolve("jobyard.db");
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      // All but the first pages, where the schema is.
      raw.seek(30 * 4096);
      raw.write(new byte[(int) (raw.length() - 30 * 4096)]);
    }
    try (JobStore store = open("sqlite:jobyard.db")) {
      assertThatThrownBy(() -> Jobs.lease(store, Jobs.join(store), 2_000))
          .isInstanceOf(JobyardException.class)
          .isNotInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining("restore a backup");
      assertThat(store.report().findings())
          .extracting(StoreReport.Finding::text)
          .anyMatch(text -> text.contains("the database is damaged"));
    }
  }

  @Test
  void tablesOfANewerJobyardAreRefusedUnlessItCaredForUs() throws Exception {
    open("sqlite:jobyard.db").close();
    note(7, 7);
    assertThatThrownBy(() -> open("sqlite:jobyard.db"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("was written by Jobyard schema 7; this one knows up to 1: upgrade");
    note(7, 1);
    open("sqlite:jobyard.db").close();
  }

  @Test
  void missingTablesAreMadeOnlyWhereAllowed() {
    StoreOptions manual = new StoreOptions(folder, false, Duration.ofSeconds(1));
    assertThatThrownBy(() -> Stores.open("sqlite:jobyard.db", manual))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("run 'jobyard migrate'");
    SqliteStoreProvider provider = new SqliteStoreProvider();
    assertThat(provider.migrate("sqlite:jobyard.db", manual, true))
        .extracting(Script::name)
        .containsExactly("0000-schema.sql", "0001-jobs.sql");
    assertThat(provider.migrate("sqlite:jobyard.db", manual, false))
        .extracting(Script::name)
        .containsExactly("0000-schema.sql", "0001-jobs.sql");
    assertThat(provider.migrate("sqlite:jobyard.db", manual, true)).isEmpty();
    Stores.open("sqlite:jobyard.db", manual).close();
  }

  @Test
  void aFullDiskStoresNothingHalfAndIsOverWhenThereIsRoom() throws Exception {
    SqliteFile file = new SqliteFile(folder.resolve("jobyard.db"));
    StoreOptions options = new StoreOptions(folder, true, Duration.ofSeconds(1));
    Opening opening = new Opening(file, options);
    SqliteErrors errors = new SqliteErrors(file);
    try (Db db = opening.writer();
        SharedPage page = opening.page();
        Writer writer = new Writer(file, db, errors, page, Duration.ofSeconds(1), () -> {})) {
      Queues queues = new Queues(writer);
      queues.number("q");
      Inserts inserts = new Inserts(queues);
      List<NewJob> jobs = IntStream.range(0, 100).mapToObj(i -> Jobs.job(4_000)).toList();
      db.first("pragma max_page_count = 60", row -> row.getInt(1));
      assertThatThrownBy(() -> writer.write(connection -> inserts.insert(connection, jobs, 1)))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("is full; nothing was stored: free some space in " + folder);
      Integer stored = db.first("select count(*) from jobyard_jobs", row -> row.getInt(1));
      assertThat(stored).isZero();
      db.first("pragma max_page_count = 100000", row -> row.getInt(1));
      List<UUID> ids = writer.write(connection -> inserts.insert(connection, jobs, 1));
      assertThat(ids).hasSize(100);
    }
  }

  @Test
  void aDiskThatRefusesAFlushIsToldAndTriedAgain() {
    AtomicBoolean broken = new AtomicBoolean(true);
    SqliteFile file = new SqliteFile(folder.resolve("jobyard.db"));
    WalFlush.Disk real = new WalDisk(file);
    WalFlush.Disk disk =
        new WalFlush.Disk() {
          @Override
          public void force() throws IOException {
            if (broken.get()) {
              throw new IOException("Input/output error");
            }
            real.force();
          }

          @Override
          public void close() throws IOException {
            real.close();
          }
        };
    try (JobStore store =
        SqliteStore.open(
            file, StoreOptions.defaults(), InstantSource.system(), System::nanoTime, disk)) {
      NewJob job = Jobs.job();
      assertThatThrownBy(() -> store.push(List.of(job)))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("Input/output error")
          .hasMessageContaining("push again with the same id");
      broken.set(false);
      assertThat(store.push(List.of(job))).containsExactly(job.id());
      assertThat(store.queues().getFirst().ready()).isEqualTo(1);
    }
  }

  @Test
  void aLogThatSomebodyDeletedIsNotMistakenForTheDisk() throws Exception {
    try (JobStore store = open("sqlite:jobyard.db")) {
      store.push(List.of(Jobs.job(10)));
      Files.delete(folder.resolve("jobyard.db-wal"));
      assertThatThrownBy(() -> store.push(List.of(Jobs.job(10))))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("jobyard.db-wal");
    }
  }

  @Test
  void aPushByAnInterruptedThreadIsCarriedOut() {
    try (JobStore store = open("sqlite:jobyard.db")) {
      for (int i = 0; i < 5; i++) {
        Thread.currentThread().interrupt();
        store.push(List.of(Jobs.job()));
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(store.queues().getFirst().ready()).isEqualTo(5);
    }
  }

  @Test
  void aHealthyDatabaseHasNothingToComplainOf() {
    try (JobStore store = open("sqlite:jobyard.db")) {
      store.push(List.of(Jobs.job()));
      StoreReport report = store.report();
      assertThat(report.findings())
          .filteredOn(finding -> !finding.text().contains("MiB"))
          .isEmpty();
      assertThat(report.product()).startsWith("SQLite 3.");
      assertThat(report.schemaVersion()).isEqualTo(1);
      assertThat(report.url()).isEqualTo("sqlite:" + folder.resolve("jobyard.db"));
    }
  }

  @Test
  void aClosedStoreSaysSo() {
    JobStore store = open("sqlite:jobyard.db");
    store.close();
    store.close();
    assertThatThrownBy(store::queues).hasMessageContaining("was closed; open it again");
    assertThatThrownBy(() -> store.push(List.of(Jobs.job())))
        .hasMessageContaining("was closed; open it again");
  }

  private JobStore open(String url) {
    return new SqliteStoreProvider()
        .open(url, new StoreOptions(folder, true, Duration.ofSeconds(2)));
  }

  private void note(int version, int oldestCompatible) throws SQLException {
    SqliteFile file = new SqliteFile(folder.resolve("jobyard.db"));
    try (Db db = new Connections(file).open(1024, Duration.ofSeconds(1))) {
      db.update(
          "update jobyard_schema set version = ?, oldest_compatible = ?",
          version,
          oldestCompatible);
    }
  }
}
