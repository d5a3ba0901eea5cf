package io.jobyard.table;

import io.jobyard.SharedTable;
import io.jobyard.config.TableConfig;
import io.jobyard.config.TableConfig.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where things lie in a table's memory.
 *
 * <pre>
 * header     4,096 bytes: written once
 * buckets    of 16 bytes: lock, first row + 1
 * rows       state, which copy counts, next row + 1, key, and two copies of the columns
 * </pre>
 */
final class Layout {
  static final int HEADER = 4096;
  static final int BUCKET = 16;
  static final int STATE = 0;
  static final int CURRENT = 8;
  static final int NEXT = 16;
  static final int KEY_LENGTH = 24;
  static final int KEY = 32;
  static final int VALUES = KEY + SharedTable.MAX_KEY;

  final String name;
  final int capacity;
  final int buckets;
  final int valuesSize;
  final int rowSize;
  final List<Place> places = new ArrayList<>();
  private final Map<String, Place> byName = new LinkedHashMap<>();

  /** A column and where it lies in each copy. */
  record Place(Column column, int at) {}

  /**
   * @throws IllegalArgumentException if it would be larger than can be mapped
   */
  Layout(TableConfig table) {
    this.name = table.name();
    this.capacity = table.rows();
    int at = 0;
    for (Column column : table.columns()) {
      Place place = new Place(column, at);
      places.add(place);
      byName.put(column.name(), place);
      at +=
          switch (column.kind()) {
            case INT, FLOAT -> Long.BYTES;
            case STRING -> Long.BYTES + align(column.bytes());
          };
    }
    this.valuesSize = at;
    this.rowSize = VALUES + 2 * valuesSize;
    this.buckets = Math.max(16, Integer.highestOneBit(Math.max(1, capacity - 1)) * 2);
    if (size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "table %s would take %,d bytes; the most is 2 GiB: give it fewer rows or shorter texts"
              .formatted(name, size()));
    }
  }

  long size() {
    return HEADER + (long) buckets * BUCKET + (long) capacity * rowSize;
  }

  int bucket(int index) {
    return HEADER + index * BUCKET;
  }

  int row(int index) {
    return HEADER + buckets * BUCKET + index * rowSize;
  }

  /** Where a row's copy of the columns begins; there are 0 and 1. */
  int values(int row, int copy) {
    return row(row) + VALUES + copy * valuesSize;
  }

  /**
   * @throws IllegalArgumentException if there is none of that name; it says which there are
   */
  Place place(String column) {
    Place place = byName.get(column);
    if (place == null) {
      throw new IllegalArgumentException(
          "table %s has no column %s; it has %s"
              .formatted(name, column, String.join(", ", byName.keySet())));
    }
    return place;
  }

  private static int align(int bytes) {
    return (bytes + 7) / 8 * 8;
  }
}
