package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pulls the plug. What was on disk for certain is what the log held when it was last flushed, by us
 * or by a checkpoint; every page written since may have arrived, or not, or be garbage. Whatever of
 * that a power cut leaves, plain SQLite must open it and find every acknowledged push.
 */
final class PowerCutTest {
  private static final int PAGE = 4096;
  private static final int WAL_HEADER = 32;
  private static final StoreOptions OPTIONS = StoreOptions.defaults();

  @TempDir Path folder;

  private SqliteFile file;
  private RecordingDisk disk;
  private JobStore store;
  private Db other;

  /** What became of the pages that were written but not flushed. */
  enum Fate {
    DROPPED,
    ZEROED,
    GARBLED,
    MIXED,
    ARRIVED
  }

  @BeforeEach
  void open() throws SQLException {
    file = new SqliteFile(folder.resolve("jobyard.db"));
    disk = new RecordingDisk(new WalDisk(file), file);
    store = SqliteStore.open(file, OPTIONS, InstantSource.system(), System::nanoTime, disk);
    other = new Connections(file).open(1024, Duration.ofSeconds(5));
  }

  @AfterEach
  void close() throws SQLException {
    other.close();
    store.close();
  }

  @ParameterizedTest
  @EnumSource
  void acknowledgedPushesAreThere(Fate fate) throws Exception {
    Session session = Jobs.join(store);
    for (int round = 0; round < 12; round++) {
      List<UUID> acknowledged = store.push(List.of(Jobs.job(), Jobs.job(3_000)));
      byte[] flushed = disk.flushed;
      byte[] database = Files.readAllBytes(file.path());
      relaxed(session, round);
      assertSurvive(acknowledged, database, survived(flushed, bytes(file.wal()), fate, round));
    }
  }

  @ParameterizedTest
  @EnumSource
  void acknowledgedPushesAreThereAfterTheLogBeganAnew(Fate fate) throws Exception {
    Session session = Jobs.join(store);
    for (int round = 0; round < 8; round++) {
      List<UUID> acknowledged = store.push(List.of(Jobs.job(), Jobs.job(3_000)));
      relaxed(session, round);
      // The checkpoint flushes the log, then the database, then lets the log begin anew.
      other.first("pragma wal_checkpoint(restart)", row -> row.getInt(1));
      byte[] flushed = bytes(file.wal());
      byte[] database = bytes(file.path());
      relaxed(session, round);
      byte[] written = bytes(file.wal());
      // SQLite flushes the new header before it writes behind it.
      System.arraycopy(written, 0, flushed, 0, WAL_HEADER);
      assertSurvive(acknowledged, database, survived(flushed, written, fate, round));
    }
  }

  @ParameterizedTest
  @EnumSource
  void acknowledgedPushesAreThereWhenTheCheckpointWasCutOff(Fate fate) throws Exception {
    Session session = Jobs.join(store);
    for (int round = 0; round < 8; round++) {
      byte[] before = bytes(file.path());
      List<UUID> acknowledged = store.push(List.of(Jobs.job(), Jobs.job(3_000)));
      byte[] log = disk.flushed;
      relaxed(session, round);
      byte[] written = bytes(file.wal());
      other.first("pragma wal_checkpoint(passive)", row -> row.getInt(1));
      byte[] after = bytes(file.path());
      // The log is flushed before the first page goes to the database, which may half arrive.
      assertThat(written.length).isGreaterThanOrEqualTo(log.length);
      assertSurvive(acknowledged, survived(before, after, fate, round), written);
    }
  }

  @Test
  void aLastPhaseIsOnDiskBeforeItIsAcknowledged() throws Exception {
    Session session = Jobs.join(store);
    UUID id = store.push(List.of(Jobs.job())).getFirst();
    Lease lease = Jobs.lease(store, session, 1).getFirst();
    store.settle(
        List.of(
            new Settlement(
                lease.key(),
                "q",
                new Settlement.Stay(),
                lease.standing().counts(),
                Phase.FAILING,
                List.of(),
                List.of(),
                List.of(Jobs.job()))));
    Path cut = image(bytes(file.path()), disk.flushed);
    try (Db plain = new Connections(new SqliteFile(cut)).open(1024, Duration.ofSeconds(1))) {
      Integer phase =
          plain.first(
              "select phase from jobyard_jobs where id = ?", row -> row.getInt(1), Codes.bytes(id));
      assertThat(phase).isEqualTo(1);
      assertThat(plain.list("select seq from jobyard_jobs", row -> row.getLong(1))).hasSize(2);
    }
  }

  /** Leases and outcomes, which nobody flushes. */
  private void relaxed(Session session, int round) {
    List<Lease> leases = Jobs.lease(store, session, 1 + round % 3);
    store.settle(
        leases.stream()
            .map(lease -> Jobs.settlement(lease, new Settlement.Return(Duration.ofMinutes(1))))
            .toList());
    store.beat(session);
  }

  private static byte[] survived(byte[] flushed, byte[] written, Fate fate, int seed) {
    Random random = new Random(seed);
    byte[] all = Arrays.copyOf(written, Math.max(flushed.length, written.length));
    for (int from = 0; from < all.length; from += PAGE) {
      int to = Math.min(all.length, from + PAGE);
      byte[] safe =
          Arrays.copyOfRange(flushed, Math.min(from, flushed.length), Math.min(to, flushed.length));
      byte[] now = Arrays.copyOfRange(all, from, to);
      if (Arrays.equals(safe, now)) {
        continue;
      }
      Fate own = fate == Fate.MIXED ? Fate.values()[random.nextInt(4)] : fate;
      switch (own) {
        case ARRIVED -> {}
        case ZEROED -> Arrays.fill(now, safe.length, now.length, (byte) 0);
        case GARBLED, MIXED -> random.nextBytes(now);
        case DROPPED -> Arrays.fill(now, (byte) 0);
      }
      if (own != Fate.ARRIVED) {
        // What was flushed of this page stays: a disk replaces sectors, it does not tear them.
        System.arraycopy(safe, 0, now, 0, safe.length);
      }
      System.arraycopy(now, 0, all, from, now.length);
    }
    return fate == Fate.DROPPED ? Arrays.copyOf(all, Math.max(flushed.length, 0)) : all;
  }

  private void assertSurvive(List<UUID> acknowledged, byte[] database, byte[] wal)
      throws IOException, SQLException {
    Path cut = image(database, wal);
    try (Db plain = new Connections(new SqliteFile(cut)).open(1024, Duration.ofSeconds(1))) {
      List<String> check = new ArrayList<>();
      plain.each("pragma integrity_check", row -> check.add(row.getString(1)));
      assertThat(check).containsExactly("ok");
      Set<UUID> there =
          plain.list("select id from jobyard_jobs", row -> JobRows.id(row, 1)).stream()
              .collect(Collectors.toSet());
      assertThat(there).containsAll(acknowledged);
    }
  }

  private Path image(byte[] database, byte[] wal) throws IOException {
    Path cut = Files.createTempDirectory(folder, "cut").resolve("jobyard.db");
    Files.write(cut, database);
    Files.write(new SqliteFile(cut).wal(), wal);
    return cut;
  }

  private static byte[] bytes(Path path) throws IOException {
    return Files.readAllBytes(path);
  }

  /** Remembers what the log held when it was last flushed. */
  private static final class RecordingDisk implements WalFlush.Disk {
    private final WalFlush.Disk real;
    private final SqliteFile file;
    private volatile byte[] flushed = new byte[0];

    RecordingDisk(WalFlush.Disk real, SqliteFile file) {
      this.real = real;
      this.file = file;
    }

    @Override
    public void force() throws IOException {
      byte[] before = bytes(file.wal());
      real.force();
      flushed = before;
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
