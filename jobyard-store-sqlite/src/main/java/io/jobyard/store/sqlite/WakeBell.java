package io.jobyard.store.sqlite;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.StoreListener;
import io.jobyard.store.jdbc.Db;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rings in every process that listens on this database. A listening store has a UDP socket on
 * 127.0.0.1 and its port in a table; whoever changes something reads that table in the very
 * transaction and sends each port a datagram after the commit. One lost costs a poll, a stray one a
 * look into the database.
 *
 * <p>The socket and its thread begin with the first listener and end with the store. Safe for any
 * thread; closing it twice is harmless.
 */
final class WakeBell implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WakeBell.class);

  /** How often a listening store says that it is still there. */
  private static final Duration REFRESH = Duration.ofSeconds(20);

  /** When a port that said nothing is forgotten. */
  private static final Duration FORGET = Duration.ofSeconds(60);

  private static final String PORTS = "select port from jobyard_listeners";

  private static final String SEEN =
      """
      insert into jobyard_listeners (port, seen_at)
      values (?, ?)
      on conflict (port) do update set seen_at = excluded.seen_at
      """;

  private static final String FORGET_SILENT = "delete from jobyard_listeners where seen_at < ?";

  private static final String FORGET_PORT = "delete from jobyard_listeners where port = ?";

  private final SqliteFile file;
  private final Writer writer;
  private final InstantSource clock;
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> onSignals = new CopyOnWriteArrayList<>();
  private final InetAddress here = InetAddress.getLoopbackAddress();
  private @Nullable DatagramSocket inbox;
  private @Nullable DatagramSocket outbox;
  private boolean closed;

  WakeBell(SqliteFile file, Writer writer, InstantSource clock) {
    this.file = file;
    this.writer = writer;
    this.clock = clock;
  }

  /** Adds a listener; it is called on the bell's own thread. */
  Subscription listen(StoreListener listener) {
    listeners.add(listener);
    open();
    return () -> listeners.remove(listener);
  }

  /** Has this called whenever live messages were sent; on the bell's own thread. */
  void onSignals(Runnable heard) {
    onSignals.add(heard);
    open();
  }

  /** The ports to ring at, read within the transaction that has something to tell. */
  List<Integer> ports(Db db) throws SQLException {
    return db.list(PORTS, row -> row.getInt(1));
  }

  /** Rings; never fails, because nobody depends on it. */
  void ring(List<Integer> ports, Collection<? extends Wake> wakes) {
    if (ports.isEmpty() || wakes.isEmpty()) {
      return;
    }
    try {
      DatagramSocket socket = outbox();
      for (Wake wake : wakes) {
        byte[] bytes = wake.encoded();
        for (int port : ports) {
          socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(here, port)));
        }
      }
    } catch (IOException e) {
      LOG.debug("{}: a wake-up could not be sent: {}", file, e.toString());
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (outbox != null) {
      outbox.close();
    }
    if (inbox != null) {
      int port = inbox.getLocalPort();
      inbox.close();
      try {
        writer.write(db -> db.update(FORGET_PORT, port));
      } catch (StoreUnavailable e) {
        LOG.debug("{}: port {} stays listed for a minute: {}", file, port, e.getMessage());
      }
    }
  }

  private synchronized void open() {
    if (inbox != null || closed) {
      return;
    }
    try {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(here, 0));
      socket.setSoTimeout(Math.toIntExact(REFRESH.toMillis()));
      inbox = socket;
      refresh(socket);
      Thread.ofPlatform().daemon().name("jobyard-wake").start(() -> receive(socket));
    } catch (IOException e) {
      LOG.warn(
          "{}: no port on 127.0.0.1 to be woken at, so jobs start by polling: {}",
          file,
          e.toString());
    }
  }

  private synchronized DatagramSocket outbox() throws IOException {
    if (outbox == null || (outbox.isClosed() && !closed)) {
      outbox = new DatagramSocket(new InetSocketAddress(here, 0));
    }
    return outbox;
  }

  private void receive(DatagramSocket socket) {
    byte[] buffer = new byte[Wake.MAX_BYTES];
    long refreshed = System.nanoTime();
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        tell(Wake.decoded(buffer, packet.getLength()));
      } catch (SocketTimeoutException e) {
        LOG.trace("{}: a quiet time", file);
      } catch (IOException e) {
        LOG.debug("{}: the wake-up port gave: {}", file, e.toString());
      }
      if (System.nanoTime() - refreshed >= REFRESH.toNanos() && !socket.isClosed()) {
        refresh(socket);
        refreshed = System.nanoTime();
      }
    }
  }

  private void tell(@Nullable Wake wake) {
    if (wake == null) {
      return;
    }
    if (wake instanceof Wake.Signals) {
      onSignals.forEach(Runnable::run);
      return;
    }
    for (StoreListener listener : listeners) {
      try {
        wake.tell(listener);
      } catch (RuntimeException e) {
        LOG.warn("{}: a listener failed at {}", file, wake, e);
      }
    }
  }

  private void refresh(DatagramSocket socket) {
    long now = clock.millis();
    try {
      writer.write(db -> {
        db.update(FORGET_SILENT, now - FORGET.toMillis());
        return db.update(SEEN, socket.getLocalPort(), now);
      });
    } catch (StoreUnavailable e) {
      LOG.debug("{}: the wake-up port is not listed for now: {}", file, e.getMessage());
    }
  }
}
