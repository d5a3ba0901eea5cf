package io.jobyard.node.process;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a worker's end. Its post is filled again: at once if it had worked, after a growing
 * pause if it came to nothing, so that a queue whose workers cannot start does not fork in a
 * circle, and recovers by itself once they can. What is wrong is said once. Touched by its queue's
 * own thread only, but for what {@link Crewing} tells pages.
 */
final class Aftermath {
  private static final Logger LOG = LoggerFactory.getLogger(Aftermath.class);

  /** How often to look whether a worker whose like died has finished a job. */
  private static final Duration PROOF = Duration.ofSeconds(1);

  private final Office office;
  private final Relief relief;
  private final Changeover changeover;
  private final Closing closing;
  private final Cells cells;
  private final ScheduledExecutorService thread;
  private final Consumer<Post> fill;
  private final Troubles troubles;
  private final Backing backing = new Backing(RandomGenerator.getDefault());
  private volatile boolean notUp;

  /**
   * @param fill finds somebody for a post
   */
  Aftermath(
      String queue,
      Office office,
      Relief relief,
      Changeover changeover,
      Closing closing,
      Cells cells,
      ScheduledExecutorService thread,
      Consumer<Post> fill) {
    this.office = office;
    this.relief = relief;
    this.changeover = changeover;
    this.closing = closing;
    this.cells = cells;
    this.thread = thread;
    this.fill = fill;
    this.troubles = new Troubles(queue);
  }

  /** A worker is gone. */
  void ended(Post post, WorkerProcess worker, String why) {
    office.gone(worker);
    if (changeover.lost(worker, why)) {
      LOG.info("worker {} (pid {}) is gone: {}", worker.name(), worker.pid(), why);
    }
    if (closing.begun()) {
      closing.lookIfEmpty();
    } else if (relief.lost(post, worker, why)) {
      LOG.info("worker {} (pid {}) is gone: {}", worker.name(), worker.pid(), why);
    } else if (post.holder != worker) {
      LOG.debug("worker {} has left its post: {}", worker.name(), why);
    } else {
      post.holder = null;
      post.vacated(why);
      replace(post, worker, why);
    }
  }

  private void replace(Post post, WorkerProcess worker, String why) {
    if (worker.wasReady() && (worker.hasWorked() || worker.retiring())) {
      LOG.info("worker {} (pid {}) is gone: {}", worker.name(), worker.pid(), why);
      post.worked(worker.doneCount() > 0 || worker.retiring());
      if (post.place.isolated()) {
        leaveCell(worker, why);
      } else if (post.dying()) {
        troubles.dying(why);
        fillLater(post);
      } else {
        fill.accept(post);
      }
    } else {
      post.failed();
      if (worker.killedFromOutside()) {
        post.disturbed();
      } else if (!worker.greeted()) {
        changeover
            .team()
            .plan()
            .footing()
            .cache()
            .distrust("a worker that started from it came to nothing");
      }
      if (worker.wasReady()) {
        troubles.diedUnused(why);
      } else {
        troubles.notUp(why);
        notUp = !worker.killedFromOutside();
      }
      fillLater(post);
    }
  }

  private void leaveCell(WorkerProcess worker, String why) {
    if (!worker.retiring()) {
      cells.died(office.done());
    }
    if (worker.retiring() || !cells.deaths().tooMany()) {
      cells.closed();
      return;
    }
    boolean fresh = troubles.current() == null;
    troubles.dying(why);
    if (fresh) {
      awaitProof(office.done());
    }
    after(cells.deaths().pause(backing), cells::closed);
  }

  /** No cell may come up that could show that all is well: any job that ends shows it. */
  private void awaitProof(long done) {
    if (troubles.current() == null || closing.begun()) {
      return;
    }
    if (office.done() > done) {
      troubles.over();
    } else {
      after(PROOF, () -> awaitProof(done));
    }
  }

  /** Nobody took the post, for there came no process at all. */
  void notStarted(Post post, String why) {
    post.failed();
    troubles.notUp(why);
    fillLater(post);
  }

  /** One is ready. */
  void up() {
    notUp = false;
  }

  /** Whether the last worker started came to nothing by itself. */
  boolean notUp() {
    return notUp;
  }

  /** Why workers do not come up; null while they do. */
  @Nullable String trouble() {
    return troubles.current();
  }

  private void fillLater(Post post) {
    after(post.pause(backing), () -> fill.accept(post));
  }

  private void after(Duration delay, Runnable task) {
    var unused = thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether its like does not die any more shows once it has finished a job. */
  void watch(WorkerProcess worker) {
    if (troubles.stillOpen(worker) && office.has(worker)) {
      after(PROOF, () -> watch(worker));
    }
  }
}
