package io.jobyard.node.process;

import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.talk.Exchange;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one worker hears of the store's live signals: the topics it asked for. To one that does not
 * read any more nothing further is sent, and what comes meanwhile is lost to it. Safe for use by
 * many threads.
 */
final class Earshot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Earshot.class);

  /** So much may lie between manager and worker before that. */
  private static final int ROOM = 4 * 1024 * 1024;

  private final String worker;
  private final Exchange exchange;
  private final Map<String, Subscription> heard = new HashMap<>();
  private boolean closed;
  private volatile boolean deaf;

  Earshot(String worker, Exchange exchange) {
    this.worker = worker;
    this.exchange = exchange;
  }

  /** The worker wants to hear a topic, or does not any more. */
  synchronized void hear(Connection connection, String topic, boolean on) {
    if (on && !closed) {
      heard.computeIfAbsent(topic, any -> exchange.hear(any, signal -> pass(connection, signal)));
    } else {
      Subscription gone = heard.remove(topic);
      if (gone != null) {
        gone.close();
      }
    }
  }

  private void pass(Connection connection, Signal signal) {
    if (connection.offer(new Frame.Heard(signal), ROOM)) {
      deaf = false;
    } else if (!deaf) {
      deaf = true;
      LOG.warn("worker {} does not read its live messages; further ones are dropped", worker);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    heard.values().forEach(Subscription::close);
    heard.clear();
  }
}
