package io.jobyard.store.sqlite;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live messages between the processes on this database. Who sends writes them to a small table and
 * rings the {@link WakeBell}; who hears reads what is new there, in the order in which it was
 * committed. A message is removed by whoever sends half a minute later. Where nobody listens at
 * all, nothing is written.
 *
 * <p>The thread begins with the first ear and ends with the store. Safe for any thread.
 */
final class Signalling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Signalling.class);

  /** How long a message is there for those who hear to read. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  /** The fallback where a ring was lost. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final int READ_AT_ONCE = 100;

  private static final String SEND =
      """
      insert into jobyard_signals (sent_at, topic, body)
      values (?, ?, ?)
      """;

  /** What a clock that was set back left in the future goes too. */
  static final String FORGET =
      """
      delete from jobyard_signals
       where seq <= coalesce((select seq
                                from jobyard_signals
                               where sent_at between ?1 and ?2
                               order by seq
                               limit 1) - 1,
                             (select max(seq) from jobyard_signals))
      """;

  /** A number is never given twice, so this is the last one even where the table is empty. */
  private static final String LAST =
      "select coalesce(max(seq), 0) from sqlite_sequence where name = 'jobyard_signals'";

  private static final String NEW =
      """
      select seq, topic, body
        from jobyard_signals
       where seq > ?
       order by seq
       limit ?
      """;

  private final SqliteFile file;
  private final Writer writer;
  private final Reader reader;
  private final WakeBell bell;
  private final InstantSource clock;
  private final List<Ear> ears = new CopyOnWriteArrayList<>();
  private final Semaphore rings = new Semaphore(0);
  private boolean hearing;
  private volatile boolean closed;

  /** The last message read; used by the one thread, once that has begun. */
  private long read;

  /** Hears what was sent after {@code from}; the same consumer may hear the same topic twice. */
  private static final class Ear {
    final String topic;
    final long from;
    final Consumer<Signal> tell;
    volatile boolean closed;

    Ear(String topic, long from, Consumer<Signal> tell) {
      this.topic = topic;
      this.from = from;
      this.tell = tell;
    }
  }

  private record Sent(long seq, Signal signal) {}

  Signalling(SqliteFile file, Writer writer, Reader reader, WakeBell bell, InstantSource clock) {
    this.file = file;
    this.writer = writer;
    this.reader = reader;
    this.bell = bell;
    this.clock = clock;
  }

  void signal(List<Signal> signals) {
    if (signals.isEmpty()) {
      return;
    }
    bell.ring(writer.write(db -> send(db, signals)), List.of(new Wake.Signals()));
  }

  private List<Integer> send(Db db, List<Signal> signals) throws SQLException {
    List<Integer> ports = bell.ports(db);
    if (!ports.isEmpty()) {
      long now = clock.millis();
      db.update(FORGET, now - KEPT.toMillis(), now + KEPT.toMillis());
      for (Signal signal : signals) {
        db.update(SEND, now, signal.topic(), signal.body());
      }
    }
    return ports;
  }

  synchronized Subscription hear(String topic, Consumer<Signal> tell) {
    if (!hearing) {
      // Listed as a listener first: from then on, what is sent is written down.
      bell.onSignals(rings::release);
    }
    Ear ear = new Ear(topic, last(), tell);
    ears.add(ear);
    if (!hearing) {
      hearing = true;
      read = ear.from;
      Thread.ofPlatform().daemon().name("jobyard-signals").start(this::listen);
    }
    return () -> {
      ear.closed = true;
      ears.remove(ear);
    };
  }

  private long last() {
    Long last = reader.read(db -> db.first(LAST, row -> row.getLong(1)));
    return last == null ? 0 : last;
  }

  private void listen() {
    while (!closed) {
      try {
        boolean rung = rings.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        rings.drainPermits();
        if (rung || !ears.isEmpty()) {
          tellAll();
        }
      } catch (StoreUnavailable away) {
        LOG.debug("{}: live messages are read again in a second: {}", file, away.getMessage());
      } catch (InterruptedException stop) {
        return;
      }
    }
  }

  private void tellAll() {
    List<Sent> sent;
    do {
      sent =
          reader.read(db ->
              db.list(
                  NEW,
                  row -> new Sent(row.getLong(1), new Signal(row.getString(2), row.getBytes(3))),
                  read,
                  READ_AT_ONCE));
      for (Sent message : sent) {
        read = message.seq;
        tell(message);
      }
    } while (sent.size() == READ_AT_ONCE && !closed);
  }

  private void tell(Sent message) {
    for (Ear ear : ears) {
      if (message.seq <= ear.from || ear.closed || !ear.topic.equals(message.signal.topic())) {
        continue;
      }
      try {
        ear.tell.accept(message.signal);
      } catch (RuntimeException broken) {
        LOG.warn(
            "{}: an ear for {} threw; it hears the next one all the same", file, ear.topic, broken);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    ears.clear();
    rings.release();
  }
}
