package io.jobyard.store.postgresql;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live messages, as notifications; one too large for that is put into a table, and the notification
 * says where. Whom notifications do not reach looks into the table five times a second, and lets
 * the others know: as long as somebody does, all messages are put there too. Safe for any thread.
 */
final class Signals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  /** What begins a notification of a signal, and of where one is. */
  private static final String HERE = "s:";

  private static final String THERE = "S:";

  /** That somebody looks into the table. */
  private static final String DEAF = "d";

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final long KEPT_MS = 60_000;

  /** Where whoever looks does not know the last signal before. */
  private static final long NOT_YET = -1;

  private static final String PUT =
      """
      with old as (
        delete from {t}signals where at < {now} - ?
      )
      insert into {t}signals (at, topic, body)
      select {now}, topic, body
        from unnest(?::text[], ?::bytea[]) with ordinality s (topic, body, nth)
       order by nth
      returning number, set_config('synchronous_commit', 'off', true)
      """;

  private static final String GET = "select topic, body from {t}signals where number = ?";
  private static final String LAST = "select coalesce(max(number), 0) from {t}signals";

  private static final String NEXT =
      """
      select number, topic, body
        from {t}signals
       where number > ?
       order by number
      """;

  private final Pool pool;
  private final Channel channel;
  private final Ear ear;
  private final String sender;
  private final String put;
  private final String get;
  private final String last;
  private final String next;
  private final Map<String, List<Consumer<Signal>>> ears = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final Deafness deafness = new Deafness(System::nanoTime);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable Thread looker;

  Signals(Pool pool, Sql sql, Channel channel, Ear ear, String sender) {
    this.pool = pool;
    this.channel = channel;
    this.ear = ear;
    this.sender = sender;
    this.put = sql.fill(PUT);
    this.get = sql.fill(GET);
    this.last = sql.fill(LAST);
    this.next = sql.fill(NEXT);
  }

  /** One sender's are in order, as they leave one after the other. */
  synchronized void send(List<Signal> signals) {
    // Who does not listen cannot know whether somebody is deaf.
    boolean all = !ear.listens() || deafness.possible();
    List<String> texts = signals.stream().map(this::text).toList();
    int[] stored =
        IntStream.range(0, texts.size()).filter(n -> all || !Channel.fits(texts.get(n))).toArray();
    List<Long> numbers = put(IntStream.of(stored).mapToObj(signals::get).toList());
    List<String> payloads = new ArrayList<>(texts);
    for (int i = 0; i < stored.length; i++) {
      if (!Channel.fits(texts.get(stored[i]))) {
        payloads.set(stored[i], THERE + numbers.get(i));
      }
    }
    channel.send(payloads);
  }

  Subscription hear(String topic, Consumer<Signal> listener) {
    ears.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(listener);
    if (ear.deaf() && looker == null) {
      look(lastNumber());
    }
    return () -> {
      List<Consumer<Signal>> all = ears.get(topic);
      if (all != null) {
        all.remove(listener);
      }
    };
  }

  /** Notifications do not get through after all: who has heard a topic until now must look too. */
  void deafened() {
    if (anybodyHears()) {
      look(NOT_YET);
    }
  }

  /** After a time in which nothing could be heard: somebody may have gone deaf. */
  void missedSome() {
    deafness.said();
  }

  /**
   * Whether a notification was about signals; if it was one, those who hear its topic were told.
   */
  boolean heard(String payload) {
    if (payload.startsWith(HERE)) {
      String[] parts = payload.split(":", -1);
      Base64.Decoder decoder = Base64.getDecoder();
      String topic = new String(decoder.decode(parts[3]), StandardCharsets.UTF_8);
      tell(topic, decoder.decode(parts[4]));
      return true;
    }
    if (payload.startsWith(THERE)) {
      if (anybodyHears()) {
        long number = Long.parseLong(payload.substring(THERE.length()));
        pool.repeat(db -> db.first(get, row -> told(row.getString(1), row.getBytes(2)), number));
      }
      return true;
    }
    if (payload.equals(DEAF)) {
      deafness.said();
      return true;
    }
    return false;
  }

  @Override
  public void close() {
    closing.countDown();
  }

  /** Numbered, for the server sends two of the same text in one transaction as one. */
  private String text(Signal signal) {
    Base64.Encoder encoder = Base64.getEncoder();
    return HERE
        + sender
        + ":"
        + sent.incrementAndGet()
        + ":"
        + encoder.encodeToString(signal.topic().getBytes(StandardCharsets.UTF_8))
        + ":"
        + encoder.encodeToString(signal.body());
  }

  /** Their numbers, in the same order. */
  private List<Long> put(List<Signal> signals) {
    if (signals.isEmpty()) {
      return List.of();
    }
    return pool.run(db -> {
      Columns<Signal> column = new Columns<>(db, signals);
      Object topics = column.texts(Signal::topic);
      return db.list(put, row -> row.getLong(1), KEPT_MS, topics, column.bytes(Signal::body));
    });
  }

  private boolean anybodyHears() {
    return ears.values().stream().anyMatch(all -> !all.isEmpty());
  }

  private synchronized void look(long last) {
    if (looker == null) {
      long[] from = {last};
      looker = Thread.ofPlatform().name("jobyard-signals").daemon().start(() -> look(from));
    }
  }

  private long lastNumber() {
    Long number = pool.repeat(db -> db.first(last, row -> row.getLong(1)));
    return number == null ? 0 : number;
  }

  private void look(long[] from) {
    long said = System.nanoTime() - Deafness.SAID_EVERY.toNanos();
    try {
      do {
        try {
          if (from[0] == NOT_YET) {
            from[0] = lastNumber();
          }
          next(from);
          if (System.nanoTime() - said >= Deafness.SAID_EVERY.toNanos()) {
            channel.send(List.of(DEAF));
            said = System.nanoTime();
          }
        } catch (RuntimeException e) {
          LOG.debug("live messages are not heard for a while: {}", e.getMessage());
        }
      } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      LOG.debug("live messages are not heard any more: interrupted");
    }
  }

  private void next(long[] from) {
    pool.repeat(db -> {
      db.each(
          next,
          row -> {
            from[0] = row.getLong(1);
            return told(row.getString(2), row.getBytes(3));
          },
          from[0]);
      return 1;
    });
  }

  private boolean told(String topic, byte[] body) {
    tell(topic, body);
    return true;
  }

  private void tell(String topic, byte[] body) {
    Signal signal = new Signal(topic, body);
    for (Consumer<Signal> listener : ears.getOrDefault(topic, List.of())) {
      try {
        listener.accept(signal);
      } catch (RuntimeException e) {
        LOG.warn("whoever hears '{}' failed; the others are told all the same", topic, e);
      }
    }
  }
}
