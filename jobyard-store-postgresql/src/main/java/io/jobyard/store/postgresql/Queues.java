package io.jobyard.store.postgresql;

import io.jobyard.store.jdbc.Deadline;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that stand for queues. Given once and never changed, hence remembered; a queue is
 * entered by a transaction of its own, so that what is remembered was committed. Safe for any
 * thread.
 */
final class Queues {
  private static final String NUMBER = "select number from {t}queues where name = ?";

  /** Looked for first, for a conflict would use a number up. */
  private static final String ENTER =
      """
      insert into {t}queues (name)
      values (?)
      on conflict (name) do nothing
      """;

  private final Pool pool;
  private final String number;
  private final String enter;
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

  Queues(Pool pool, Sql sql) {
    this.pool = pool;
    this.number = sql.fill(NUMBER);
    this.enter = sql.fill(ENTER);
  }

  /** The number of a queue, entered if it is new. Not to be called within a transaction. */
  int number(String name) {
    return number(name, pool.pushEnds());
  }

  /** The same within the time of a push. */
  int number(String name, Deadline deadline) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    int entered =
        pool.soon(
            deadline,
            db -> {
              Integer found = db.first(number, row -> row.getInt(1), name);
              if (found == null) {
                db.update(enter, name);
                found = db.first(number, row -> row.getInt(1), name);
              }
              if (found == null) {
                throw new IllegalStateException("queue " + name + " was entered and is not there");
              }
              return found;
            });
    numbers.put(name, entered);
    return entered;
  }

  /** Enters those that are new, so that {@link #known} answers within the next transaction. */
  void enter(Collection<String> names) {
    names.forEach(this::number);
  }

  /** The number of a queue, or null where this object has never met it. */
  @Nullable Integer met(String name) {
    return numbers.get(name);
  }

  /** Every queue this object has met. */
  Set<String> names() {
    return Set.copyOf(numbers.keySet());
  }

  /** The number of a queue that was entered before. */
  int known(String name) {
    Integer known = numbers.get(name);
    if (known == null) {
      throw new IllegalStateException("queue " + name + " was not entered");
    }
    return known;
  }
}
