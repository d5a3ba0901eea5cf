package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears notifications, on a connection and a thread of its own. Comes back by itself when the
 * connection is lost. Tests itself: behind a pooler that hands out a connection a transaction, it
 * would listen for ever and hear nothing; then it says so once and leaves it to polling.
 */
final class Ear implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ear.class);
  private static final Duration TEST = Duration.ofSeconds(5);

  /** An idle connection is tried now and then, for a server that vanished does not say so. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final PostgresUrl url;
  private final Channel channel;
  private final Consumer<String> heard;
  private final Runnable missed;
  private final Runnable lost;
  private final Runnable deafened;
  private final String echo;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection connection;
  private volatile boolean deaf;
  private boolean tested;

  /**
   * @param heard told every payload
   * @param missed told that some may not have been heard
   * @param lost told that the connection was
   * @param deafened told that nothing will be heard, where the URL did not say so before
   */
  Ear(
      PostgresUrl url,
      Channel channel,
      String sender,
      Consumer<String> heard,
      Runnable missed,
      Runnable lost,
      Runnable deafened) {
    this.url = url;
    this.channel = channel;
    this.heard = heard;
    this.missed = missed;
    this.lost = lost;
    this.deafened = deafened;
    this.echo = sender + "?";
    this.deaf = !url.listen();
    this.thread = Thread.ofPlatform().name("jobyard-ear").daemon().unstarted(this::loop);
  }

  /** Listens before it returns, where the server can be reached. */
  void start() {
    if (deaf) {
      return;
    }
    try {
      connect();
    } catch (SQLException e) {
      LOG.debug("{}: will listen later: {}", url, e.getMessage());
    }
    thread.start();
  }

  /** Whether notifications do not get through, by the test or because the URL says so. */
  boolean deaf() {
    return deaf;
  }

  /** Whether what others say now is heard. */
  boolean listens() {
    return connection != null && !deaf;
  }

  @Override
  public void close() {
    closing.countDown();
    hangUp();
  }

  private void loop() {
    Duration pause = Duration.ofMillis(50);
    while (closing.getCount() > 0 && !deaf) {
      try {
        if (connection == null) {
          connect();
          missed.run();
        }
        if (!tested) {
          test();
        }
        hear();
        pause = Duration.ofMillis(50);
      } catch (SQLException | JobyardException e) {
        if (connection != null && closing.getCount() > 0) {
          lost.run();
        }
        hangUp();
        LOG.debug("{}: does not listen for a while: {}", url, e.getMessage());
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    }
    hangUp();
  }

  private void connect() throws SQLException {
    Connection fresh = Pool.connect(url);
    try (Statement statement = fresh.createStatement()) {
      statement.execute("listen \"" + channel.name() + '"');
    } catch (SQLException e) {
      fresh.close();
      throw e;
    }
    connection = fresh;
    if (closing.getCount() == 0) {
      hangUp();
    }
  }

  /** Through another connection: a pooler may well hand this one the same server twice. */
  private void test() throws SQLException {
    channel.send(List.of(echo));
    long end = System.nanoTime() + TEST.toNanos();
    while (!tested && closing.getCount() > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        deaf = true;
        LOG.warn(
            "{}: notifications do not get through, as behind a pooler in transaction mode; jobs start"
                + " within 'poll' instead. Name the server itself in the URL, or add listen=false",
            url);
        deafened.run();
        return;
      }
      take((int) left);
    }
  }

  private void hear() throws SQLException {
    if (deaf) {
      return;
    }
    if (!take((int) SILENCE.toMillis())) {
      Connection current = connection;
      if (current == null || !current.isValid((int) TEST.toSeconds())) {
        throw new SQLException("the connection died silently", "08006");
      }
    }
  }

  private boolean take(int millis) throws SQLException {
    Connection current = connection;
    if (current == null) {
      throw new SQLException("closed", "08003");
    }
    PGNotification[] all = current.unwrap(PGConnection.class).getNotifications(millis);
    if (all == null) {
      return false;
    }
    for (PGNotification notification : all) {
      if (notification.getParameter().equals(echo)) {
        tested = true;
      } else {
        heard.accept(notification.getParameter());
      }
    }
    return all.length > 0;
  }

  private void hangUp() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        // Not close: that would wait for whoever reads.
        current.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("{}: the listening connection was not closed in order", url, e);
      }
    }
  }

  private void pause(Duration pause) {
    try {
      double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1);
      closing.await((long) (pause.toMillis() * jitter) + 1, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
    }
  }
}
