package io.jobyard.table;

import io.jobyard.SharedTable.Row;
import io.jobyard.config.TableConfig.Column;
import io.jobyard.config.TableConfig.Kind;
import io.jobyard.table.Layout.Place;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns the values of columns into words and bytes of the memory, and back. */
final class Values {
  private final Layout layout;
  private final Memory memory;

  /** A value that fits its column. */
  sealed interface Fit {
    Place place();
  }

  /** Eight bytes: a whole number, or the bits of one with a point. */
  record Word(Place place, long bits) implements Fit {}

  /** Text in UTF-8. */
  @SuppressWarnings("ArrayRecordComponent")
  record Text(Place place, byte[] bytes) implements Fit {}

  Values(Layout layout, Memory memory) {
    this.layout = layout;
    this.memory = memory;
  }

  /**
   * @throws IllegalArgumentException if it does not fit
   */
  Fit fit(String name, @Nullable Object value) {
    Place place = layout.place(name);
    Column column = place.column();
    return switch (value) {
      case Integer number when column.kind() == Kind.INT -> new Word(place, number);
      case Long number when column.kind() == Kind.INT -> new Word(place, number);
      case Number number
          when column.kind() == Kind.FLOAT
              && (number instanceof Integer
                  || number instanceof Long
                  || number instanceof Float
                  || number instanceof Double) ->
          new Word(place, Double.doubleToRawLongBits(number.doubleValue()));
      case String text when column.kind() == Kind.STRING -> text(place, text);
      case null, default ->
          throw new IllegalArgumentException(
              "table %s: column %s cannot take %s"
                  .formatted(
                      layout.name,
                      column,
                      value == null ? "null" : value.getClass().getName() + " " + value));
    };
  }

  private Text text(Place place, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > place.column().bytes()) {
      throw new IllegalArgumentException(
          "table %s: a text of %,d bytes does not fit column %s"
              .formatted(layout.name, bytes.length, place.column()));
    }
    return new Text(place, bytes);
  }

  /** Writes a value into a copy of the columns that begins here. */
  void write(int at, Fit fit) {
    switch (fit) {
      case Word(Place place, long bits) -> memory.publish(at + place.at(), bits);
      case Text(Place place, byte[] bytes) -> {
        memory.publish(at + place.at(), bytes.length);
        memory.write(at + place.at() + Long.BYTES, bytes);
      }
    }
  }

  /** Makes all columns of a copy 0 or empty. */
  void clear(int at) {
    for (Place place : layout.places) {
      memory.publish(at + place.at(), 0);
    }
  }

  /** Reads a copy of the columns. */
  Row read(String key, int at) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Place place : layout.places) {
      values.put(place.column().name(), read(place, at));
    }
    return new Seen(layout, key, Collections.unmodifiableMap(values));
  }

  private Object read(Place place, int at) {
    long word = memory.get(at + place.at());
    return switch (place.column().kind()) {
      case INT -> word;
      case FLOAT -> Double.longBitsToDouble(word);
      case STRING -> {
        byte[] bytes = new byte[place.column().bytes()];
        memory.read(at + place.at() + Long.BYTES, bytes);
        yield new String(Arrays.copyOf(bytes, (int) word), StandardCharsets.UTF_8);
      }
    };
  }

  private record Seen(Layout layout, String key, Map<String, Object> values) implements Row {
    @Override
    public long getLong(String column) {
      return (Long) value(column, Kind.INT);
    }

    @Override
    public double getDouble(String column) {
      return (Double) value(column, Kind.FLOAT);
    }

    @Override
    public String getString(String column) {
      return (String) value(column, Kind.STRING);
    }

    private Object value(String name, Kind kind) {
      Column column = layout.place(name).column();
      if (column.kind() != kind) {
        throw new IllegalArgumentException(
            "table %s: column %s is not of type %s"
                .formatted(layout.name, column, kind.name().toLowerCase(Locale.ROOT)));
      }
      return Objects.requireNonNull(values.get(name));
    }

    @Override
    public String toString() {
      return key + " " + values;
    }
  }
}
