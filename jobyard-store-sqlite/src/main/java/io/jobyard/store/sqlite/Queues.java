package io.jobyard.store.sqlite;

import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers that stand for queues. Given once and never changed, hence remembered; a queue is
 * entered by a transaction of its own, so that what is remembered was committed. Safe for any
 * thread.
 */
final class Queues {
  private static final String ENTER =
      """
      insert into jobyard_queues (name)
      values (?)
      on conflict (name) do nothing
      """;

  private static final String NUMBER =
      """
      select number
        from jobyard_queues
       where name = ?
      """;

  private final Writer writer;
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

  Queues(Writer writer) {
    this.writer = writer;
  }

  /** The number of a queue, entered if it is new. Not to be called within a transaction. */
  int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    int number = writer.write(db -> enter(db, name));
    numbers.put(name, number);
    return number;
  }

  /**
   * The number of a queue, entered if it is new within a transaction that is not the writer's. Not
   * remembered: that one may be rolled back.
   */
  int number(Db db, String name) throws SQLException {
    Integer known = numbers.get(name);
    return known == null ? enter(db, name) : known;
  }

  private static int enter(Db db, String name) throws SQLException {
    db.update(ENTER, name);
    Integer entered = db.first(NUMBER, row -> row.getInt(1), name);
    if (entered == null) {
      throw new IllegalStateException("queue " + name + " was entered and is not there");
    }
    return entered;
  }

  /** Enters those that are new, so that {@link #known} answers within the next transaction. */
  void enter(Collection<String> names) {
    names.forEach(this::number);
  }

  /** The number of a queue that was entered before. */
  int known(String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new IllegalStateException("queue " + name + " was not entered");
    }
    return number;
  }
}
