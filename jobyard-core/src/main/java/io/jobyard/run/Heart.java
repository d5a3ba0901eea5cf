package io.jobyard.run;

import io.jobyard.store.DispatcherStore;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's session with the store alive, and with it all its leases: beats every third of the
 * lease. When the store says that the session is over, or could not be reached until shortly before
 * the leases may have run out, it tells the listener, who must stop all that runs, and joins anew.
 *
 * <p>One per node, with a thread of its own.
 */
public final class Heart implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heart.class);

  private final DispatcherStore store;
  private final NodeInfo node;
  private final Duration lease;
  private final Listener listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Session session;

  /** Told how the leases stand, on the heart's thread. */
  public interface Listener {
    /** A session began; jobs may be leased for it. */
    void joined(Session session);

    /**
     * The leases hold until this moment.
     *
     * @param until as {@link System#nanoTime}, which the processes of one machine share
     */
    void renewed(long until);

    /** The session and all its leases are gone, or about to: nothing that runs may run on. */
    void lost();
  }

  public Heart(DispatcherStore store, NodeInfo node, Duration lease, Listener listener) {
    this.store = store;
    this.node = node;
    this.lease = lease;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("jobyard-heart").daemon().unstarted(this::loop);
  }

  /** How long before the end of its lease a run must be stopped, to be sure that it is. */
  public static Duration margin(Duration lease) {
    return lease.dividedBy(8);
  }

  public void start() {
    thread.start();
  }

  /** Stops beating and leaves; what is still leased is free for others at once. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    Patience patience = new Patience(LOG, "reach the store");
    long until = 0;
    while (true) {
      long before = System.nanoTime();
      Duration pause = Duration.ofNanos(Tact.untilNext(lease.dividedBy(3), before));
      try {
        if (session == null) {
          session = store.join(node);
          until = before + lease.toNanos();
          listener.renewed(until);
          listener.joined(session);
        } else if (store.beat(session)) {
          until = before + lease.toNanos();
          listener.renewed(until);
        } else {
          LOG.warn("the store ended this node's session: its jobs are another's now, joining anew");
          lose();
          pause = Duration.ZERO;
        }
        patience.success();
      } catch (RuntimeException e) {
        patience.failure(e);
        pause = patience.delay();
        if (session != null && System.nanoTime() + pause.toNanos() > until - margin()) {
          LOG.warn("could not renew the leases in time: stopping all jobs before others run them");
          lose();
        }
      }
      if (closes(pause)) {
        break;
      }
    }
    leave();
  }

  private long margin() {
    return margin(lease).toNanos();
  }

  private void lose() {
    session = null;
    listener.lost();
  }

  private boolean closes(Duration pause) {
    try {
      return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void leave() {
    Session last = session;
    if (last != null) {
      try {
        store.leave(last);
      } catch (RuntimeException e) {
        LOG.warn(
            "could not take leave of the store, its jobs are free after {}: {}",
            lease,
            e.getMessage());
      }
    }
  }
}
