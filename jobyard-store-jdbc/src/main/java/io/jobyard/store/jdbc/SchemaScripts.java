package io.jobyard.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A store's migrations: SQL files named {@code 0001-what.sql}, {@code 0002-….sql}, carried out once
 * each in this order. A script that nodes of an earlier version cannot live with says so in its
 * first line: {@code -- oldest compatible version: N}.
 */
public final class SchemaScripts {
  private static final String COMPATIBLE = "-- oldest compatible version: ";

  private final List<Script> scripts = new ArrayList<>();

  /**
   * Reads the scripts.
   *
   * @param home their files are in the resource folder {@code sql} beside this class
   */
  public SchemaScripts(Class<?> home, List<String> names) {
    for (String name : names) {
      int version = scripts.size() + 1;
      if (!name.startsWith("%04d-".formatted(version))) {
        throw new IllegalArgumentException(
            "migration " + name + " must be numbered " + "%04d".formatted(version));
      }
      scripts.add(new Script(version, name, read(home, "sql/" + name)));
    }
  }

  /** The version of the schema after the last script. */
  public int latest() {
    return scripts.size();
  }

  /** The scripts that bring a schema of this version up to date; 0 is an empty database. */
  public List<Script> after(int version) {
    return List.copyOf(scripts.subList(Math.min(version, scripts.size()), scripts.size()));
  }

  private static String read(Class<?> home, String path) {
    try (InputStream stream = home.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalArgumentException("migration " + path + " is missing from the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One migration. */
  public record Script(int version, String name, String sql) {
    /** The oldest version of the program that can work with the schema after this script. */
    public int oldestCompatible() {
      String line = sql.lines().findFirst().orElse("");
      if (!line.startsWith(COMPATIBLE)) {
        throw new IllegalArgumentException(
            "migration " + name + " must begin with '" + COMPATIBLE + "N'");
      }
      return Integer.parseInt(line.substring(COMPATIBLE.length()).strip());
    }
  }
}
