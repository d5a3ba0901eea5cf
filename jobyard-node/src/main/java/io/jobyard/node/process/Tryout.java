package io.jobyard.node.process;

import io.jobyard.node.generation.Ranks;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Another generation tried out: a candidate for each post, a few started at a time, because the
 * others work on meanwhile. Touched by its queue's own thread only.
 */
final class Tryout {
  /** More would take the processors from those that work. */
  private static final int STARTED_AT_ONCE = Runtime.getRuntime().availableProcessors();

  private final Team team;
  private final Ranks.Verdict verdict;
  private final Hiring hiring;
  private final Map<Post, WorkerProcess> candidates = new HashMap<>();
  private final Deque<Post> open;
  private final Set<WorkerProcess> starting = new HashSet<>();
  private boolean over;

  /** Starts a worker that gets no jobs yet. */
  interface Hiring {
    WorkerProcess hire(Team team, Post post) throws IOException;
  }

  Tryout(Team team, Collection<Post> posts, Ranks.Verdict verdict, Hiring hiring) {
    this.team = team;
    this.open = new ArrayDeque<>(posts);
    this.verdict = verdict;
    this.hiring = hiring;
  }

  Team team() {
    return team;
  }

  Map<Post, WorkerProcess> candidates() {
    return candidates;
  }

  void startMore() {
    try {
      while (!over && !open.isEmpty() && starting.size() < STARTED_AT_ONCE) {
        Post post = open.remove();
        WorkerProcess worker = hiring.hire(team, post);
        candidates.put(post, worker);
        starting.add(worker);
      }
    } catch (IOException e) {
      fail("its process could not be started: " + e);
    }
    if (!over && open.isEmpty() && starting.isEmpty()) {
      over = true;
      verdict.ready();
    }
  }

  /** A worker is ready; whether it is one of these. */
  boolean ready(WorkerProcess worker) {
    boolean mine = starting.remove(worker);
    if (mine) {
      startMore();
    }
    return mine;
  }

  /** A worker is gone; whether it was one of these. */
  boolean lost(WorkerProcess worker, String why) {
    starting.remove(worker);
    boolean mine = candidates.values().remove(worker);
    if (mine) {
      fail(why);
    }
    return mine;
  }

  private void fail(String why) {
    if (!over) {
      over = true;
      verdict.failed(why);
    }
  }
}
