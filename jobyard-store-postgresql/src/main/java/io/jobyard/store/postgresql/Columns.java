package io.jobyard.store.postgresql;

import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Rows as arrays, one a column, to be sent in one statement and put together by unnest. */
final class Columns<R> {
  private final Db db;
  private final List<R> rows;

  Columns(Db db, List<R> rows) {
    this.db = db;
    this.rows = rows;
  }

  Object uuids(Function<R, ? extends @Nullable Object> value) throws SQLException {
    return array("uuid", value);
  }

  Object texts(Function<R, @Nullable String> value) throws SQLException {
    @Nullable String[] array = new @Nullable String[rows.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = value.apply(rows.get(i));
    }
    return db.connection().createArrayOf("text", array);
  }

  Object longs(ToLongFunction<R> value) throws SQLException {
    long[] array = new long[rows.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = value.applyAsLong(rows.get(i));
    }
    return db.connection().unwrap(org.postgresql.PGConnection.class).createArrayOf("int8", array);
  }

  Object ints(ToIntFunction<R> value) throws SQLException {
    int[] array = new int[rows.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = value.applyAsInt(rows.get(i));
    }
    return db.connection().unwrap(org.postgresql.PGConnection.class).createArrayOf("int4", array);
  }

  Object nullableLongs(Function<R, @Nullable Long> value) throws SQLException {
    return array("int8", value);
  }

  Object nullableInts(Function<R, @Nullable Integer> value) throws SQLException {
    return array("int4", value);
  }

  Object bytes(Function<R, byte @Nullable []> value) throws SQLException {
    byte[] @Nullable [] array = new byte[rows.size()] @Nullable [];
    for (int i = 0; i < array.length; i++) {
      array[i] = value.apply(rows.get(i));
    }
    return db.connection().createArrayOf("bytea", array);
  }

  private Object array(String type, Function<R, ? extends @Nullable Object> value)
      throws SQLException {
    @Nullable Object[] array = new @Nullable Object[rows.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = value.apply(rows.get(i));
    }
    return db.connection().createArrayOf(type, array);
  }
}
