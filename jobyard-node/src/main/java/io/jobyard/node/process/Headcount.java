package io.jobyard.node.process;

import io.jobyard.config.Processes;
import io.jobyard.node.process.Scaling.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes a queue's posts, as its work needs them. Touched by its queue's own thread only.
 */
final class Headcount {
  private static final Logger LOG = LoggerFactory.getLogger(Headcount.class);

  private final String queue;
  private final Processes range;
  private final Office office;
  private final Means means;
  private final List<Post> posts = new ArrayList<>();
  private final Scaling scaling;
  private @Nullable Post first;
  private boolean asking;
  private long askedAt = System.nanoTime();

  /** What is done about posts, and how the waiting jobs are counted. */
  interface Means {
    void fill(Post post);

    /** Lets the post's worker, and who would take over from it, leave. */
    void close(Post post);

    /** Counts the jobs that wait, and tells on the queue's own thread; -1 if that failed. */
    void countWaiting(IntConsumer told);
  }

  Headcount(String queue, Processes range, Office office, Means means) {
    this.queue = queue;
    this.range = range;
    this.office = office;
    this.means = means;
    this.scaling = new Scaling(range, System.nanoTime());
  }

  /** The posts there are. */
  List<Post> posts() {
    return posts;
  }

  void start() {
    grow(scaling.first());
  }

  /** Jobs were pushed: where no worker is there, that is not to wait for the next look. */
  void wake() {
    if (posts.isEmpty()) {
      scaling.wake();
      ask();
    }
  }

  /** Where new code is tried out: at the posts there are, or else at the first there will be. */
  List<Post> toTryOut() {
    if (!posts.isEmpty()) {
      return List.copyOf(posts);
    }
    Post post = new Post(Place.slot(0));
    first = post;
    return List.of(post);
  }

  /** One look; does nothing where the number is fixed, or it is too early. */
  void look() {
    if (range.scale() && System.nanoTime() - askedAt >= Scaling.PERIOD.toNanos()) {
      ask();
    }
  }

  private void ask() {
    askedAt = System.nanoTime();
    Load load = load(0);
    if (load.processes() > 0 && load.busy() < load.ready()) {
      apply(load);
    } else if (!asking) {
      asking = true;
      means.countWaiting(this::counted);
    }
  }

  private void counted(int waiting) {
    asking = false;
    if (waiting >= 0) {
      apply(load(waiting));
    }
  }

  private Load load(int waiting) {
    int ready = 0;
    int busy = 0;
    for (Post post : posts) {
      WorkerProcess worker = post.holder;
      if (worker != null && worker.works()) {
        ready++;
        busy += worker.board().busy() ? 1 : 0;
      }
    }
    return new Load(posts.size(), ready, busy, waiting, office.done());
  }

  private void apply(Load load) {
    int wanted = scaling.wanted(load, System.nanoTime());
    if (wanted > posts.size()) {
      LOG.info(
          "queue {}: {} jobs wait, {} processes become {}",
          queue,
          load.backlog(),
          posts.size(),
          wanted);
      grow(wanted);
    } else if (wanted < posts.size()) {
      LOG.info("queue {}: {} processes are enough, {} were there", queue, wanted, posts.size());
      while (posts.size() > wanted) {
        means.close(posts.removeLast());
      }
    }
  }

  private void grow(int wanted) {
    while (posts.size() < wanted) {
      Post post = first != null && posts.isEmpty() ? first : new Post(Place.slot(posts.size()));
      first = null;
      posts.add(post);
      means.fill(post);
    }
  }
}
