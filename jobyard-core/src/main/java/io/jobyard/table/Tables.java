package io.jobyard.table;

import io.jobyard.JobyardException;
import io.jobyard.SharedTable;
import io.jobyard.config.TableConfig;
import io.jobyard.config.TableConfig.Column;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of a node: a folder with a file for each, which every process of the node maps. The
 * node's first process lays them out anew, so that workers of an earlier one that still die keep to
 * the old files. Safe for any thread.
 */
public final class Tables {
  private static final String SUFFIX = ".table";

  private final Path folder;
  private final Map<String, SharedTable> open = new ConcurrentHashMap<>();

  private Tables(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks whether these can be laid out.
   *
   * @throws JobyardException if one is too large; it says which
   */
  public static void check(Collection<TableConfig> tables) {
    for (TableConfig table : tables) {
      try {
        var unusedLayout = new Layout(table);
        var unusedHeader = header(table);
      } catch (IllegalArgumentException e) {
        throw new JobyardException("tables: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Lays out empty tables in a folder, in place of what was there.
   *
   * @throws JobyardException as {@link #check} does; what was there stays then
   */
  public static Tables create(Path folder, Collection<TableConfig> tables) throws IOException {
    check(tables);
    Files.createDirectories(folder);
    clear(folder);
    for (TableConfig table : tables) {
      lay(folder.resolve(table.name() + SUFFIX), table);
    }
    return new Tables(folder);
  }

  /** Where there are no tables. */
  public static Tables none() {
    return in(Path.of("/nonexistent"));
  }

  /** Empty tables in a folder of their own, until {@link #remove}. */
  public static Tables temporary(Collection<TableConfig> tables) {
    try {
      return create(Files.createTempDirectory("jobyard-tables-"), tables);
    } catch (IOException e) {
      throw new JobyardException("no folder for tables can be made: " + e, e);
    }
  }

  /** Removes the folder, if it is there. Who has a table open may go on with it. */
  public void remove() {
    try {
      if (Files.exists(folder)) {
        clear(folder);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tables that the node's first process laid out there. */
  public static Tables in(Path folder) {
    return new Tables(folder);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name; it says which there are
   */
  public SharedTable get(String name) {
    return open.computeIfAbsent(name, this::open);
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> old = Files.list(folder)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void lay(Path file, TableConfig table) throws IOException {
    Layout layout = new Layout(table);
    byte[] header = header(table);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.size());
      memory.put(0, header);
    }
  }

  private SharedTable open(String name) {
    if (name.contains("/")) {
      throw unknown(name);
    }
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(name + SUFFIX), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // The mapping outlives the channel.
      var bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      byte[] header = new byte[Layout.HEADER];
      bytes.get(0, header);
      return new MappedTable(new Layout(table(header)), new Memory(bytes), Owners.of(folder));
    } catch (NoSuchFileException e) {
      throw unknown(name);
    } catch (IOException e) {
      throw new UncheckedIOException("table " + name + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private IllegalArgumentException unknown(String name) {
    var names = new TreeSet<String>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SUFFIX))
          .forEach(file -> names.add(file.substring(0, file.length() - SUFFIX.length())));
    } catch (IOException e) {
      names.clear(); // a folder that is not there has none
    }
    return new IllegalArgumentException(
        "there is no table %s; %s"
            .formatted(
                name,
                names.isEmpty()
                    ? "add it under `tables` in jobyard.yaml"
                    : "this node has " + String.join(", ", names)));
  }

  private static byte[] header(TableConfig table) {
    String columns = table.columns().stream().map(c -> c + "\n").collect(Collectors.joining());
    byte[] header =
        (table.name() + "\n" + table.rows() + "\n" + columns + "\0")
            .getBytes(StandardCharsets.UTF_8);
    if (header.length > Layout.HEADER) {
      throw new IllegalArgumentException(
          "table %s: the names of its columns are too long together; shorten them"
              .formatted(table.name()));
    }
    return header;
  }

  private static TableConfig table(byte[] header) {
    String text = new String(header, StandardCharsets.UTF_8);
    List<String> lines = text.substring(0, text.indexOf('\0')).lines().toList();
    List<Column> columns =
        lines.stream()
            .skip(2)
            .map(line -> line.split(" ", 2))
            .map(column -> Column.parse(column[0], column[1]))
            .toList();
    return new TableConfig(lines.get(0), Integer.parseInt(lines.get(1)), columns);
  }
}
