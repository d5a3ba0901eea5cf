package io.jobyard.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A {@link io.jobyard.SharedTable} of a node.
 *
 * @param rows how many fit
 * @param columns at least one, in their order
 */
public record TableConfig(String name, int rows, List<Column> columns) {
  /** More is a job for a store. */
  public static final int MOST_ROWS = 10_000_000;

  private static final int MOST_COLUMNS = 100;

  public TableConfig {
    columns = List.copyOf(columns);
    Keys.NAME.check(name);
    require(rows >= 1 && rows <= MOST_ROWS, "1 to 10,000,000 rows", rows);
    require(
        !columns.isEmpty() && columns.size() <= MOST_COLUMNS, "1 to 100 columns", columns.size());
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      require(names.add(column.name()), "columns of different names", column.name() + " twice");
    }
  }

  private static void require(boolean fits, String what, Object got) {
    if (!fits) {
      throw new IllegalArgumentException("must have " + what + ", got " + got);
    }
  }

  /**
   * A column.
   *
   * @param bytes the longest text in UTF-8; 8 for numbers
   */
  public record Column(String name, Kind kind, int bytes) {
    private static final int LONGEST_TEXT = 65_536;

    public Column {
      Keys.NAME.check(name);
      int most = kind == Kind.STRING ? LONGEST_TEXT : Long.BYTES;
      int least = kind == Kind.STRING ? 1 : Long.BYTES;
      if (bytes < least || bytes > most) {
        throw new IllegalArgumentException(
            "must have texts of 1 to " + LONGEST_TEXT + " bytes, got " + bytes);
      }
    }

    /**
     * Reads {@code int}, {@code float} or {@code string(64)}.
     *
     * @throws IllegalArgumentException with the rest of a sentence that began with the key
     */
    public static Column parse(String name, String type) {
      if (type.equals("int")) {
        return new Column(name, Kind.INT, Long.BYTES);
      }
      if (type.equals("float")) {
        return new Column(name, Kind.FLOAT, Long.BYTES);
      }
      if (type.matches("string\\([0-9]{1,6}\\)")) {
        int bytes = Integer.parseInt(type.substring(7, type.length() - 1));
        return new Column(name, Kind.STRING, bytes);
      }
      throw new IllegalArgumentException(
          "must be int, float or string(BYTES) such as string(64), got '" + type + "'");
    }

    @Override
    public String toString() {
      return name
          + " "
          + switch (kind) {
            case INT -> "int";
            case FLOAT -> "float";
            case STRING -> "string(" + bytes + ")";
          };
    }
  }

  /** What a column holds. */
  public enum Kind {
    /** A whole number of 64 bits. */
    INT,
    /** A floating-point number of 64 bits. */
    FLOAT,
    /** Text of so many bytes. */
    STRING
  }
}
