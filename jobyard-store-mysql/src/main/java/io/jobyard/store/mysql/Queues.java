package io.jobyard.store.mysql;

import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Deadline;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that stand for queues. Given once and never changed, hence remembered; a queue is
 * entered by a statement of its own, so that what is remembered was committed. Safe for any thread.
 */
final class Queues {
  private static final String NUMBER = "select number from {t}queues where name = ?";

  /** An insert that finds the name taken would draw a number all the same; few ever do. */
  private static final String ENTER = "insert ignore into {t}queues (name) values (?)";

  private final Database database;
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

  Queues(Database database) {
    this.database = database;
  }

  /** The number of a queue, entered if it is new. Not to be called within a transaction. */
  int number(String name) {
    return number(name, database.pushEnds());
  }

  /** The same within the time of a push. */
  int number(String name, Deadline deadline) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    Integer number =
        database.<@Nullable Integer>soon(
            deadline,
            tx -> {
              Integer found = find(tx, name);
              if (found == null) {
                tx.update(ENTER, (Object) Tx.bytes(name));
                found = find(tx, name);
              }
              return found;
            });
    if (number == null) {
      throw new IllegalStateException("queue " + name + " was entered and is not there");
    }
    numbers.put(name, number);
    return number;
  }

  /** Enters those that are new, so that {@link #known} answers within the next transaction. */
  void enter(Collection<String> names) {
    names.forEach(this::number);
  }

  void enterOf(Collection<NewJob> jobs) {
    enterOf(jobs, database.pushEnds());
  }

  /** The same within the time of a push. */
  void enterOf(Collection<NewJob> jobs, Deadline deadline) {
    jobs.forEach(job -> number(job.queue(), deadline));
  }

  /** The number of a queue that was entered before. */
  int known(String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new IllegalStateException("queue " + name + " was not entered");
    }
    return number;
  }

  private static @Nullable Integer find(Tx tx, String name) throws SQLException {
    return tx.first(NUMBER, row -> row.getInt(1), (Object) Tx.bytes(name));
  }
}
