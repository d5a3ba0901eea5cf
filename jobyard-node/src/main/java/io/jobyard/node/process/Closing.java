package io.jobyard.node.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a queue's workers leave with their node. Safe for use by many threads. */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
  private static final long LAST_SECONDS = 5;

  private final String queue;
  private final Office office;
  private final @Nullable Grabbing grabbing;
  private final Executor thread;
  private final CountDownLatch empty = new CountDownLatch(1);
  private volatile boolean begun;

  /**
   * @param thread the queue's own
   */
  Closing(String queue, Office office, @Nullable Grabbing grabbing, Executor thread) {
    this.queue = queue;
    this.office = office;
    this.grabbing = grabbing;
    this.thread = thread;
  }

  /** Whether nobody is to be hired any more. */
  boolean begun() {
    return begun;
  }

  /** From now on a worker that dies is not replaced, and none takes a job by itself. */
  void drain() {
    begun = true;
    thread.execute(() -> grabbers().forEach(WorkerProcess::retire));
  }

  /** After {@link #drain}: waits for those that took jobs themselves; false if it took longer. */
  boolean awaitDrained(Duration patience) throws InterruptedException {
    CompletableFuture<?>[] all =
        grabbers().map(WorkerProcess::dead).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a worker cannot fail", e);
    }
  }

  private Stream<WorkerProcess> grabbers() {
    return office.alive().stream().filter(WorkerProcess::grabs);
  }

  /** Kills what runs. */
  void kill(String why) {
    begun = true;
    office.alive().forEach(worker -> worker.kill(why));
  }

  /** Lets every worker leave and waits for it; those that have not left in time are killed. */
  void stop(Duration patience) throws InterruptedException {
    begun = true;
    thread.execute(() -> {
      office.alive().forEach(WorkerProcess::retire);
      lookIfEmpty();
    });
    if (!empty.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      kill("the node stops");
      if (!empty.await(LAST_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("workers of queue {} are still there", queue);
      }
    }
  }

  /** Something of a worker is gone. */
  void lookIfEmpty() {
    if (begun && office.alive().isEmpty() && (grabbing == null || !grabbing.any())) {
      empty.countDown();
    }
  }
}
