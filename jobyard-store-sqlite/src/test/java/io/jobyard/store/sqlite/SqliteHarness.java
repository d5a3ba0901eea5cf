package io.jobyard.store.sqlite;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.TransactionHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Stores on one file in a folder of its own, by clocks of the test. */
final class SqliteHarness implements TransactionHarness {
  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final List<JobStore> opened = new ArrayList<>();
  private final Path folder = folder();

  /** The file that the stores share. */
  SqliteFile file() {
    return new SqliteFile(folder.resolve("jobyard.db"));
  }

  @Override
  public JobStore open(StoreOptions options) {
    return open(new WalDisk(file()), options);
  }

  JobStore open(WalFlush.Disk disk) {
    return open(disk, StoreOptions.defaults());
  }

  private JobStore open(WalFlush.Disk disk, StoreOptions options) {
    JobStore store = SqliteStore.open(file(), options, wall::get, nanos::get, disk);
    opened.add(store);
    return store;
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file().path());
  }

  @Override
  public List<Connection> strangers() throws SQLException {
    SqliteFile other = new SqliteFile(folder.resolve("other.db"));
    SqliteStore.open(other, StoreOptions.defaults()).close();
    return List.of(
        DriverManager.getConnection("jdbc:sqlite::memory:"),
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("empty.db")),
        DriverManager.getConnection("jdbc:sqlite:" + other.path()));
  }

  /** One at a time writes to the file. */
  @Override
  public boolean othersMayWrite() {
    return false;
  }

  @Override
  public void pass(Duration time) {
    wall.updateAndGet(now -> now.plus(time));
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public boolean jump(Duration by) {
    wall.updateAndGet(now -> now.plus(by));
    return true;
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("jobyard-sqlite");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
