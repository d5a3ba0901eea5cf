package io.jobyard.store.jdbc;

import io.jobyard.store.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A store's migrations: SQL files named {@code 0001-what.sql}, {@code 0002-….sql}, carried out once
 * each in this order. A script that nodes of an earlier version cannot live with says so in its
 * first line: {@code -- oldest compatible version: N}.
 */
public final class SchemaScripts {
  private static final String COMPATIBLE = "-- oldest compatible version: ";

  private final List<Step> steps = new ArrayList<>();

  /**
   * Reads the steps.
   *
   * @param home their files are in the resource folder {@code sql} beside this class
   */
  public SchemaScripts(Class<?> home, List<String> names) {
    this(home, names, UnaryOperator.identity());
  }

  /**
   * Reads the steps.
   *
   * @param home their files are in the resource folder {@code sql} beside this class
   * @param fill puts the names of this database's tables in, as {@link TableNames#fill} does
   */
  public SchemaScripts(Class<?> home, List<String> names, UnaryOperator<String> fill) {
    for (String name : names) {
      int version = steps.size() + 1;
      if (!name.startsWith("%04d-".formatted(version))) {
        throw new IllegalArgumentException(
            "migration " + name + " must be numbered " + "%04d".formatted(version));
      }
      steps.add(new Step(version, name, fill.apply(read(home, "sql/" + name))));
    }
  }

  /** The version of the schema after the last script. */
  public int latest() {
    return steps.size();
  }

  /** The scripts that bring a schema of this version up to date; 0 is an empty database. */
  public List<Step> after(int version) {
    return List.copyOf(steps.subList(Math.min(version, steps.size()), steps.size()));
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
  public record Step(int version, String name, String sql) {
    /** As others see it. */
    public Script script() {
      return new Script(name, sql);
    }

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
