package io.jobyard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where it is measured: a fresh SQLite file in a fresh folder for each {@link Place}, or the store
 * that the user named. The folder is on a real disk, for durable pushes would cost nothing in
 * memory. Closing it removes it. For one thread.
 */
final class Ground implements AutoCloseable {
  private static final List<String> IN_MEMORY = List.of("tmpfs", "ramfs");

  private final @Nullable String store;
  private final Path folder;
  private final Arrangement arrangement;
  private final int threads;
  private int places;

  /**
   * A store and a folder for what belongs to it.
   *
   * @param store its URL
   * @param arrangement where jobs run there
   * @param threads how many a worker process runs at once
   */
  record Place(String store, Path folder, Arrangement arrangement, int threads) {}

  private Ground(@Nullable String store, Path folder, Arrangement arrangement, int threads) {
    this.store = store;
    this.folder = folder;
    this.arrangement = arrangement;
    this.threads = threads;
  }

  static Ground open(BenchOptions options) {
    try {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      boolean inMemory = IN_MEMORY.contains(Files.getFileStore(temporary).type());
      Path parent = inMemory ? Path.of("").toAbsolutePath() : temporary;
      Path folder = Files.createTempDirectory(parent, "jobyard-bench-");
      return new Ground(options.store(), folder, options.arrangement(), options.threads());
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the benchmark could be made", e);
    }
  }

  /** The next place; a fresh one unless the user named a store. */
  Place place() {
    Path own = folder.resolve("place-" + ++places);
    try {
      Files.createDirectory(own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String url = store == null ? "sqlite:" + own.resolve("jobyard.db") : own(store);
    return new Place(url, own, arrangement, threads);
  }

  /** Apart from other places on the user's server, unless the address says where. */
  private String own(String address) {
    String parameter = address.startsWith("postgresql:") ? "schema=" : "prefix=";
    if (address.matches("(sqlite|memory):.*") || address.contains(parameter)) {
      return address;
    }
    String name = "bench_" + Long.toString(System.nanoTime(), 36) + "_" + places;
    return address + (address.contains("?") ? "&" : "?") + parameter + name;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("remove " + folder + " by hand", e);
    }
  }
}
