package io.jobyard.table;

import io.jobyard.SharedTable;
import io.jobyard.TableFull;
import io.jobyard.config.TableConfig.Kind;
import io.jobyard.table.Values.Fit;
import io.jobyard.table.Values.Word;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/**
 * A hash table with chains in mapped memory. Whoever touches a row holds the lock of its bucket.
 *
 * <p>What a killed process leaves is whole, because each change takes effect with one word: values
 * are written to the copy that does not count, and then that copy counts; a new row is filled
 * first, and then linked to its bucket; a deleted one is unlinked, and then free. A lock that a
 * dead process held is taken over, and its bucket's chain mended.
 */
final class MappedTable implements SharedTable {
  /** The low byte of a row's state; the others name the process that reserved it. */
  private static final long FREE = 0;

  private static final long RESERVED = 1;
  private static final long LIVE = 2;
  private static final long LEAVING = 3;
  private static final int NONE = -1;

  private final Layout layout;
  private final Memory memory;
  private final Owners owners;
  private final Latches latches;
  private final Values values;

  MappedTable(Layout layout, Memory memory, Owners owners) {
    this.layout = layout;
    this.memory = memory;
    this.owners = owners;
    this.latches = new Latches(layout, memory, owners);
    this.values = new Values(layout, memory);
  }

  @Override
  public String name() {
    return layout.name;
  }

  @Override
  public int capacity() {
    return layout.capacity;
  }

  @Override
  public void set(String key, Map<String, ?> given) {
    List<Fit> fits = new ArrayList<>();
    given.forEach((column, value) -> fits.add(values.fit(column, value)));
    change(key(key), (from, to) -> fits.forEach(fit -> values.write(to, fit)));
  }

  @Override
  public long increment(String key, String column, long by) {
    Word step = (Word) values.fit(column, by);
    if (step.place().column().kind() != Kind.INT) {
      throw new IllegalArgumentException(
          "table %s: column %s is not of type int; add a double to it"
              .formatted(layout.name, step.place().column()));
    }
    return add(key, step, value -> Math.addExact(value, by));
  }

  @Override
  public double increment(String key, String column, double by) {
    Word step = (Word) values.fit(column, by);
    long bits =
        add(key, step, value -> Double.doubleToRawLongBits(Double.longBitsToDouble(value) + by));
    return Double.longBitsToDouble(bits);
  }

  private long add(String key, Word step, LongUnaryOperator sum) {
    int at = step.place().at();
    long[] result = new long[1];
    change(
        key(key),
        (from, to) -> {
          result[0] = sum.applyAsLong(memory.get(from + at));
          memory.publish(to + at, result[0]);
        });
    return result[0];
  }

  @Override
  public Optional<Row> get(String key) {
    byte[] bytes = key(key);
    int bucket = bucket(bytes);
    lock(bucket);
    try {
      int row = find(bucket, bytes);
      return row == NONE ? Optional.empty() : Optional.of(read(row, key));
    } finally {
      latches.release(bucket);
    }
  }

  @Override
  public boolean delete(String key) {
    byte[] bytes = key(key);
    int bucket = bucket(bytes);
    lock(bucket);
    try {
      int row = find(bucket, bytes);
      if (row == NONE) {
        return false;
      }
      memory.publish(layout.row(row) + Layout.STATE, state(LEAVING));
      unlink(bucket, row);
      return true;
    } finally {
      latches.release(bucket);
    }
  }

  @Override
  public int count() {
    int count = 0;
    for (int row = 0; row < layout.capacity; row++) {
      if (kind(row) == LIVE) {
        count++;
      }
    }
    return count;
  }

  @Override
  public void forEach(Consumer<Row> each) {
    List<Row> rows = new ArrayList<>();
    for (int bucket = 0; bucket < layout.buckets; bucket++) {
      if (memory.get(layout.bucket(bucket) + 8) == 0) {
        continue;
      }
      lock(bucket);
      try {
        for (int row = first(bucket); row != NONE; row = next(row)) {
          rows.add(read(row, new String(keyOf(row), StandardCharsets.UTF_8)));
        }
      } finally {
        latches.release(bucket);
      }
      rows.forEach(each); // outside the lock: the consumer may use the table
      rows.clear();
    }
  }

  // ---- changing ----

  /** Writes new values, given where the old ones are; throws before it wrote if it refuses. */
  private interface Change {
    void write(int from, int to);
  }

  private void change(byte[] key, Change change) {
    int bucket = bucket(key);
    if (changed(bucket, key, NONE, change)) {
      return;
    }
    // Not under the lock: to make room, other buckets may have to be looked at.
    int reserved = reserve();
    try {
      changed(bucket, key, reserved, change);
    } finally {
      if (kind(reserved) == RESERVED) {
        free(reserved); // another was quicker, or the change was refused
      }
    }
  }

  /** Changes the row of a key, or makes this one its row; false if there is neither. */
  private boolean changed(int bucket, byte[] key, int reserved, Change change) {
    lock(bucket);
    try {
      int row = find(bucket, key);
      if (row != NONE) {
        update(row, change);
      } else if (reserved != NONE) {
        insert(bucket, reserved, key, change);
      }
      return row != NONE || reserved != NONE;
    } finally {
      latches.release(bucket);
    }
  }

  private void update(int row, Change change) {
    int current = current(row);
    int from = layout.values(row, current);
    int to = layout.values(row, 1 - current);
    memory.copy(from, to, layout.valuesSize);
    change.write(from, to);
    memory.publish(layout.row(row) + Layout.CURRENT, 1 - current);
  }

  private void insert(int bucket, int row, byte[] key, Change change) {
    int at = layout.row(row);
    memory.publish(at + Layout.KEY_LENGTH, key.length);
    memory.write(at + Layout.KEY, key);
    memory.publish(at + Layout.CURRENT, 0);
    values.clear(layout.values(row, 0));
    change.write(layout.values(row, 0), layout.values(row, 0));
    memory.publish(at + Layout.NEXT, first(bucket) + 1L);
    memory.publish(layout.bucket(bucket) + 8, row + 1L); // from here on it exists
    memory.publish(at + Layout.STATE, LIVE);
  }

  private void unlink(int bucket, int row) {
    int before = layout.bucket(bucket) + 8;
    for (int each = first(bucket); each != row; each = next(each)) {
      before = layout.row(each) + Layout.NEXT;
    }
    memory.publish(before, next(row) + 1L);
    free(row);
  }

  private void free(int row) {
    memory.publish(layout.row(row) + Layout.STATE, FREE);
  }

  private int reserve() {
    int from = ThreadLocalRandom.current().nextInt(layout.capacity);
    int row = reserve(from);
    if (row == NONE && reclaim()) {
      row = reserve(from);
    }
    if (row == NONE) {
      throw new TableFull(layout.name, layout.capacity);
    }
    return row;
  }

  private int reserve(int from) {
    for (int i = 0; i < layout.capacity; i++) {
      int row = (int) (((long) from + i) % layout.capacity);
      int at = layout.row(row) + Layout.STATE;
      if (memory.get(at) == FREE && memory.exchange(at, FREE, state(RESERVED))) {
        return row;
      }
    }
    return NONE;
  }

  // ---- after deaths ----

  private void lock(int bucket) {
    if (latches.take(bucket)) {
      mend(bucket);
    }
  }

  /** The holder died: a row that is linked exists, and one that was leaving goes. */
  private void mend(int bucket) {
    List<Integer> leaving = new ArrayList<>();
    for (int row = first(bucket); row != NONE; row = next(row)) {
      if (kind(row) == RESERVED) {
        memory.publish(layout.row(row) + Layout.STATE, LIVE);
      } else if (kind(row) == LEAVING) {
        leaving.add(row);
      }
    }
    leaving.forEach(row -> unlink(bucket, row));
  }

  /**
   * Frees rows that dead processes had reserved or were about to free; whether there were any. The
   * bucket's lock may have freed one as it mended the bucket.
   */
  private boolean reclaim() {
    boolean any = false;
    for (int row = 0; row < layout.capacity; row++) {
      long state = memory.get(layout.row(row) + Layout.STATE);
      long kind = state & 0xff;
      if ((kind == RESERVED || kind == LEAVING) && owners.gone(state >>> 8)) {
        // If it is linked all the same, its bucket's lock is still the dead one's: this mends it.
        int bucket = bucket(keyOf(row));
        lock(bucket);
        try {
          int at = layout.row(row) + Layout.STATE;
          any |= memory.exchange(at, state, FREE) || memory.get(at) == FREE;
        } finally {
          latches.release(bucket);
        }
      }
    }
    return any;
  }

  // ---- looking ----

  private int find(int bucket, byte[] key) {
    for (int row = first(bucket); row != NONE; row = next(row)) {
      if (Arrays.equals(keyOf(row), key)) {
        return row;
      }
    }
    return NONE;
  }

  private Row read(int row, String key) {
    return values.read(key, layout.values(row, current(row)));
  }

  private int first(int bucket) {
    return (int) memory.get(layout.bucket(bucket) + 8) - 1;
  }

  private int next(int row) {
    return (int) memory.get(layout.row(row) + Layout.NEXT) - 1;
  }

  private int current(int row) {
    return (int) memory.get(layout.row(row) + Layout.CURRENT) & 1;
  }

  private long kind(int row) {
    return memory.get(layout.row(row) + Layout.STATE) & 0xff;
  }

  private long state(long kind) {
    return owners.self() << 8 | kind;
  }

  private byte[] keyOf(int row) {
    long length = memory.get(layout.row(row) + Layout.KEY_LENGTH);
    byte[] key = new byte[(int) Math.clamp(length, 0L, (long) MAX_KEY)];
    memory.read(layout.row(row) + Layout.KEY, key);
    return key;
  }

  private byte[] key(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MAX_KEY) {
      throw new IllegalArgumentException(
          "table %s: a key has 1 to %d bytes, got %,d"
              .formatted(layout.name, MAX_KEY, bytes.length));
    }
    return bytes;
  }

  /** FNV-1a, with its high bits folded in. */
  private int bucket(byte[] key) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : key) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return (int) ((hash ^ hash >>> 32) & (layout.buckets - 1));
  }
}
