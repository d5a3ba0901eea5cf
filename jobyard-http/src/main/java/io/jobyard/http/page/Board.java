package io.jobyard.http.page;

import io.jobyard.http.NodeLink;
import io.jobyard.stats.History;
import io.jobyard.stats.Load;
import io.jobyard.stats.Span;
import io.jobyard.store.JobStore;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the store looks like as a whole, counted at most twice a second however many look at it, and
 * seldom where counting takes long: a page never waits for a count of a million jobs. Safe for use
 * by many threads.
 */
final class Board implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Board.class);
  private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(400);
  private static final long OLD = TimeUnit.SECONDS.toNanos(5);
  private static final long PATIENCE_MS = 80;
  private static final long FIRST_PATIENCE_MS = 30_000;

  /** Counting may take this part of the time. */
  private static final int PART = 5;

  private final JobStore store;
  private final NodeLink node;
  private final History history;
  private final ExecutorService looker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("jobyard-board").daemon().factory());
  private final Object lock = new Object();
  private @Nullable Seen seen;
  private @Nullable CompletableFuture<Seen> looking;

  /**
   * One look.
   *
   * @param node what the node beside says of itself; null where none runs
   * @param recent what each queue's latest runs came to
   * @param perMinute jobs that succeeded in the last whole minute
   */
  record Seen(
      List<QueueStatus> queues,
      List<NodeStatus> nodes,
      @Nullable ObjectNode node,
      Map<String, Load> recent,
      long perMinute,
      long atNanos,
      long tookNanos) {
    /** Whether a page would look different. */
    boolean differs(Seen other) {
      return !queues.equals(other.queues)
          || !sameNodes(other)
          || !Objects.equals(node, other.node)
          || perMinute != other.perMinute;
    }

    private boolean sameNodes(Seen other) {
      return nodes.stream()
          .map(NodeStatus::session)
          .toList()
          .equals(other.nodes.stream().map(NodeStatus::session).toList());
    }
  }

  Board(JobStore store, NodeLink node, History history) {
    this.store = store;
    this.node = node;
    this.history = history;
  }

  /** The latest look unless it is old, then after a short wait a new one: no page waits long. */
  Seen seen() {
    return lookedAt(OLD);
  }

  /** A fresh look, unless counting takes long: then the latest there is. */
  Seen latest() {
    return lookedAt(0);
  }

  private Seen lookedAt(long mayBeOld) {
    Seen last;
    CompletableFuture<Seen> next;
    synchronized (lock) {
      last = seen;
      if (last != null && young(last)) {
        return last;
      }
      next = look();
      if (last != null && System.nanoTime() - last.atNanos < mayBeOld) {
        return last;
      }
    }
    return await(next, last);
  }

  private static boolean young(Seen last) {
    return System.nanoTime() - last.atNanos < Math.max(FRESH, PART * last.tookNanos);
  }

  /** Looks anew: something was changed from here, and its page must show it. */
  Seen renewed() {
    CompletableFuture<Seen> before;
    Seen last;
    synchronized (lock) {
      last = seen;
      before = looking;
    }
    if (before != null) {
      Seen unused = await(before, last);
    }
    CompletableFuture<Seen> next;
    synchronized (lock) {
      next = look();
    }
    return await(next, last);
  }

  private CompletableFuture<Seen> look() {
    CompletableFuture<Seen> underway = looking;
    if (underway == null) {
      underway = CompletableFuture.supplyAsync(this::count, looker);
      looking = underway;
    }
    return underway;
  }

  private static Seen await(CompletableFuture<Seen> next, @Nullable Seen last) {
    try {
      return next.get(last == null ? FIRST_PATIENCE_MS : PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the store was counted", e);
    } catch (TimeoutException | ExecutionException e) {
      if (last != null) {
        return last;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("the store could not be counted", e);
    }
  }

  private Seen count() {
    long began = System.nanoTime();
    try {
      List<Load> hour = history.load("", Span.HOUR);
      Seen now =
          new Seen(
              store.queues(),
              store.nodes(),
              status(),
              history.recent(),
              hour.get(hour.size() - 2).get(Load.Count.SUCCEEDED),
              System.nanoTime(),
              System.nanoTime() - began);
      synchronized (lock) {
        seen = now;
      }
      return now;
    } finally {
      synchronized (lock) {
        looking = null;
      }
    }
  }

  private @Nullable ObjectNode status() {
    try {
      return node.status().orElse(null);
    } catch (RuntimeException e) {
      LOG.debug("the node says nothing of itself: {}", e.getMessage());
      return null;
    }
  }

  @Override
  public void close() {
    looker.shutdownNow();
  }
}
