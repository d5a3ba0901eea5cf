package io.jobyard;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A table of fixed size in memory that all worker processes of a node share: counters, gauges,
 * small state. {@code tables} in jobyard.yaml says its rows and columns. It lives as long as its
 * node runs and is empty at the node's start; what must outlive that belongs in a store.
 *
 * <p>Every operation is atomic for its row, over all threads and processes, and a process that is
 * killed in the middle of one leaves the row as it was before or as it is after, and no lock
 * behind. Safe for use by many threads. A wrong column, a value of another type, or a key or text
 * that does not fit is an {@link IllegalArgumentException}.
 */
public interface SharedTable {
  /** The longest key, in bytes of UTF-8. */
  int MAX_KEY = 64;

  String name();

  /** How many rows fit. */
  int capacity();

  /**
   * Sets these columns of a row and leaves its others; a new row's others are 0 or empty.
   *
   * @param values int columns take {@link Integer} and {@link Long}, float columns those and {@link
   *     Float} and {@link Double}, string columns {@link String}
   * @throws TableFull if the row is new and there is no room for it
   */
  void set(String key, Map<String, ?> values);

  /** The row as it is now; a copy. */
  Optional<Row> get(String key);

  /** Removes a row; false if there was none. */
  boolean delete(String key);

  /**
   * Adds to an int column; a new row starts from 0.
   *
   * @return the value after it
   * @throws TableFull if the row is new and there is no room for it
   * @throws ArithmeticException if the sum does not fit in 64 bits; the row is unchanged
   */
  long increment(String key, String column, long by);

  /** The same for a float column. */
  double increment(String key, String column, double by);

  /** Adds one to an int column. */
  default long increment(String key, String column) {
    return increment(key, column, 1);
  }

  /** Takes from an int column. */
  default long decrement(String key, String column, long by) {
    return increment(key, column, Math.negateExact(by));
  }

  /** Takes one from an int column. */
  default long decrement(String key, String column) {
    return increment(key, column, -1);
  }

  /** How many rows there are now. Looks at each. */
  int count();

  /**
   * Shows every row, in no order. Rows that come or go meanwhile are shown or not; none is shown
   * half-written. The consumer may use the table.
   */
  void forEach(Consumer<Row> each);

  /** A row as it was when it was read. */
  interface Row {
    String key();

    /** The value of an int column. */
    long getLong(String column);

    /** The value of a float column. */
    double getDouble(String column);

    /** The value of a string column. */
    String getString(String column);

    /** All columns in their order, as {@link Long}, {@link Double} and {@link String}. */
    Map<String, Object> values();
  }
}
