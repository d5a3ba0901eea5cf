package io.jobyard.node.process;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces single workers while work goes on: a successor comes up beside the holder of a post and
 * takes over from it, so that at no moment fewer workers take jobs. Touched by its queue's own
 * thread only.
 */
final class Relief {
  private static final Logger LOG = LoggerFactory.getLogger(Relief.class);

  /** Why a worker is replaced that has used up its quota. */
  static final String SPENT = "it has run as many jobs as max-jobs allows";

  private static final long PAUSE = Duration.ofSeconds(10).toNanos();

  private final Executor thread;
  private final Hiring hiring;
  private final Consumer<WorkerProcess> letGo;
  private final Map<Post, Case> cases = new HashMap<>();
  private final Map<Post, Long> failedAt = new HashMap<>();
  private final Set<WorkerProcess> ready = new HashSet<>();

  /** Starts a worker that gets no jobs yet. */
  interface Hiring {
    WorkerProcess hire(Post post) throws IOException;
  }

  /** Why a worker is replaced, and whether its successor still waits for its last job. */
  private record Case(String why, boolean due) {}

  /**
   * @param letGo lets a worker leave once it has finished what it runs
   */
  Relief(Executor thread, Hiring hiring, Consumer<WorkerProcess> letGo) {
    this.thread = thread;
    this.hiring = hiring;
    this.letGo = letGo;
  }

  /**
   * Lets a successor come up, unless one does already.
   *
   * @param due whether it takes over as soon as it is ready, or waits for the holder's last job
   */
  void begin(Post post, String why, boolean due) {
    cases.merge(post, new Case(why, due), (old, fresh) -> old.due ? old : fresh);
    Long failed = failedAt.get(post);
    boolean rests = failed != null && System.nanoTime() - failed < PAUSE;
    if (post.successor == null && !rests) {
      try {
        post.successor = hiring.hire(post);
      } catch (IOException e) {
        failed(post, "its process could not be started: " + e);
      }
    }
    takeOver(post);
  }

  /** A worker is ready; whether it is a successor. */
  boolean ready(Post post, WorkerProcess worker) {
    if (post.successor != worker) {
      return false;
    }
    ready.add(worker);
    takeOver(post);
    return true;
  }

  /** A worker is gone; whether it was a successor. */
  boolean lost(Post post, WorkerProcess worker, String why) {
    ready.remove(worker);
    if (post.successor != worker) {
      return false;
    }
    post.successor = null;
    failed(post, why);
    return true;
  }

  private void failed(Post post, String why) {
    failedAt.put(post, System.nanoTime());
    LOG.warn("the worker at place {} goes on, its successor failed: {}", post.place.slot(), why);
  }

  private void takeOver(Post post) {
    Case replaced = cases.get(post);
    WorkerProcess fresh = post.successor;
    WorkerProcess old = post.holder;
    if (replaced == null || !replaced.due || fresh == null || old == null) {
      return;
    }
    if (ready.contains(fresh)) {
      LOG.info("worker {} is replaced by {}: {}", old.name(), fresh.name(), replaced.why);
      post.vacated(replaced.why);
      promote(post);
      if (old.threads() == 1) {
        // One job at a time, also while one worker takes over from another.
        var unused = old.idle().thenRunAsync(fresh::admit, thread);
        letGo.accept(old);
      } else {
        fresh.admit();
        letGo.accept(old);
      }
    }
  }

  /** The post is vacant: who was about to take over does so now. False if nobody was. */
  boolean fill(Post post) {
    WorkerProcess fresh = post.successor;
    if (fresh != null) {
      promote(post);
      fresh.admit();
    }
    return fresh != null;
  }

  private void promote(Post post) {
    post.holder = post.successor;
    post.successor = null;
    ready.remove(post.holder);
    cases.remove(post);
  }

  /** Whoever was about to take over at this post is not wanted any more. */
  void callOff(Post post) {
    WorkerProcess fresh = post.successor;
    post.successor = null;
    cases.remove(post);
    if (fresh != null) {
      ready.remove(fresh);
      fresh.retire();
    }
  }
}
