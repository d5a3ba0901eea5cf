package io.jobyard.http;

import io.jobyard.store.JobStore;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreListener;
import io.jobyard.view.QueueJson;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks at the store on behalf of all who follow its events, however many they are, and only while
 * there is somebody: at most four times a second when the store says that something changed, else
 * once a second, and more seldom at the counts where counting takes long. Its thread starts with
 * the first follower and ends with {@link #close}, which may be called twice. Safe for use by many
 * threads.
 */
final class EventHub implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
  private static final int MOST_FOLLOWERS = 1_000;
  private static final long LEAST_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /** What the node says of itself changes always: its memory. */
  private static final long NODE_LOOK = TimeUnit.SECONDS.toNanos(2);

  private final JobStore store;
  private final NodeLink node;
  private final Census census;
  private final JobWatch jobs;
  private final String boot;
  private final EventRing ring = new EventRing();
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private final Semaphore bell = new Semaphore(0);
  private final Map<String, QueueStatus> queues = new HashMap<>();
  private List<Event> fresh = new ArrayList<>();
  private long number;
  private long nodeAt = System.nanoTime() - NODE_LOOK;
  private @Nullable ObjectNode nodeTold;
  private boolean away;
  private boolean started;
  private volatile boolean closed;

  EventHub(JobStore store, NodeLink node, InstantSource clock) {
    this.store = store;
    this.node = node;
    this.census = new Census(store);
    this.jobs = new JobWatch(store, node);
    this.boot = Long.toString(clock.millis(), 36);
  }

  /**
   * Somebody who follows.
   *
   * @param jobs only these; empty for all that is told
   * @param queues only of these; empty for all
   */
  record Follower(Set<UUID> jobs, Set<String> queues) {
    boolean wants(Event event) {
      if (!jobs.isEmpty()) {
        String job = event.job();
        return job != null && jobs.contains(UUID.fromString(job));
      }
      return queues.isEmpty() || event.queue() == null || queues.contains(event.queue());
    }
  }

  String boot() {
    return boot;
  }

  /** How the node here is now; empty where none runs. */
  Optional<ObjectNode> node() {
    return node.status();
  }

  /** The queues' counts, no older than those that the last events told. */
  List<QueueStatus> queues() {
    return census.queues();
  }

  EventRing ring() {
    return ring;
  }

  /**
   * Begins to look for a follower.
   *
   * @throws Problem if there are too many
   */
  void follow(Follower follower) {
    if (followers.size() >= MOST_FOLLOWERS) {
      throw Problem.busy("too many follow the events here; try again later", 30);
    }
    int all = followers.stream().mapToInt(one -> one.jobs.size()).sum() + follower.jobs.size();
    if (all > JobWatch.MOST_FOLLOWED) {
      throw Problem.busy("too many jobs are followed here; try again later", 30);
    }
    followers.add(follower);
    start();
    bell.release();
  }

  void leave(Follower follower) {
    followers.remove(follower);
  }

  int followers() {
    return followers.size();
  }

  private synchronized void start() {
    if (!started && !closed) {
      started = true;
      Thread.ofPlatform().daemon().name("jobyard-http-events").start(this::watch);
    }
  }

  private void watch() {
    Subscription listening = store.listen(ringer());
    try {
      while (!closed) {
        long began = System.nanoTime();
        if (!followers.isEmpty()) {
          round();
        }
        TimeUnit.NANOSECONDS.sleep(Math.max(1, LEAST_PAUSE - (System.nanoTime() - began)));
        long rest = followers.isEmpty() ? TimeUnit.HOURS.toNanos(1) : LOOK - LEAST_PAUSE;
        if (bell.tryAcquire(rest, TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("no more events");
    } finally {
      listening.close();
    }
  }

  private StoreListener ringer() {
    return new StoreListener() {
      @Override
      public void ready(String queue) {
        ringOnce();
      }

      @Override
      public void finished() {
        ringOnce();
      }
    };
  }

  /** Called very often: one permit says it all. */
  private void ringOnce() {
    if (bell.availablePermits() == 0) {
      bell.release();
    }
  }

  private void round() {
    try {
      lookAtQueues();
      Set<UUID> followed = new HashSet<>();
      followers.forEach(follower -> followed.addAll(follower.jobs));
      boolean sampled = followers.stream().anyMatch(follower -> follower.jobs.isEmpty());
      jobs.look(followed, sampled, (name, queue, job, data) -> tell(name, queue, job, data));
      lookAtNode();
      away = false;
    } catch (RuntimeException e) {
      if (!away) {
        LOG.warn("http: cannot look for events, trying again: {}", e.toString());
      }
      away = true;
    }
    if (!fresh.isEmpty()) {
      ring.add(fresh);
      fresh = new ArrayList<>();
    }
  }

  private void lookAtQueues() {
    for (QueueStatus status : census.queues()) {
      QueueStatus counts = counts(status);
      if (!counts.equals(queues.put(status.queue(), counts))) {
        tell("queue", status.queue(), null, QueueJson.of(status));
      }
    }
  }

  /** Without how long its oldest job has waited, which grows by itself. */
  private static QueueStatus counts(QueueStatus status) {
    return new QueueStatus(
        status.queue(),
        status.paused(),
        status.consumers(),
        status.ready(),
        status.scheduled(),
        status.running(),
        status.succeeded(),
        status.failed(),
        status.cancelled(),
        status.forgotten(),
        null);
  }

  private void lookAtNode() {
    long now = System.nanoTime();
    if (now - nodeAt < NODE_LOOK) {
      return;
    }
    nodeAt = now;
    ObjectNode status = node.status().orElse(null);
    if (status != null && !status.equals(nodeTold)) {
      nodeTold = status;
      tell("node", null, null, status);
    }
  }

  private void tell(String name, @Nullable String queue, @Nullable UUID job, ObjectNode data) {
    number++;
    fresh.add(Event.of(boot, number, name, queue, job == null ? null : job.toString(), data));
  }

  @Override
  public void close() {
    closed = true;
    bell.release();
    ring.close();
  }
}
