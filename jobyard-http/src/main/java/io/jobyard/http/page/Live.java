package io.jobyard.http.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.sse.SseClient;
import io.jobyard.http.Need;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages that something changed, at most twice a second; each asks for what it shows. One
 * thread looks, and only while a page is open. Safe for use by many threads.
 */
final class Live implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Live.class);
  private static final long PERIOD_MS = 450;
  private static final int ROUNDS_A_COMMENT = 22;
  private static final int MOST = 2_000;

  private final Board board;
  private final Set<SseClient> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("jobyard-live").daemon().unstarted(this::loop);
  private Board.@Nullable Seen shown;

  Live(Board board) {
    this.board = board;
  }

  void addTo(RoutesConfig routes) {
    routes.sse("/live", this::admit, Need.READ);
  }

  void start() {
    thread.start();
  }

  private void admit(SseClient client) {
    if (open.size() >= MOST) {
      client.close();
      return;
    }
    client.keepAlive();
    client.onClose(() -> open.remove(client));
    open.add(client);
    // The page may have been made from an older look than everybody else's.
    client.sendEvent("changed", "1");
  }

  private void loop() {
    int round = 0;
    while (!await()) {
      if (open.isEmpty()) {
        continue;
      }
      round++;
      try {
        Board.Seen seen = board.latest();
        Board.Seen before = shown;
        boolean changed = before == null || seen.differs(before);
        // What runs says things that no count shows: progress, lines of its log.
        boolean runs = seen.queues().stream().anyMatch(queue -> queue.running() > 0);
        if (changed || (runs && round % 2 == 0)) {
          shown = seen;
          tell(client -> client.sendEvent("changed", "1"));
        } else if (round % ROUNDS_A_COMMENT == 0) {
          tell(client -> client.sendComment("still here"));
        }
      } catch (RuntimeException e) {
        LOG.debug("the pages were not told of what changed: {}", e.getMessage());
      }
    }
    // The server closes the connections; a page that left long ago has none to be closed.
    open.clear();
  }

  private void tell(Consumer<SseClient> what) {
    open.removeIf(client -> !told(client, what));
  }

  /** One that cannot be told any more, because its page is closed, hinders no other. */
  private static boolean told(SseClient client, Consumer<SseClient> what) {
    try {
      if (!client.terminated()) {
        what.accept(client);
        return true;
      }
    } catch (RuntimeException e) {
      LOG.debug("a page could not be told: {}", e.getMessage());
    }
    return false;
  }

  private boolean await() {
    try {
      return closing.await(PERIOD_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
