package io.jobyard.node.process;

import io.jobyard.PushRefused;
import io.jobyard.StaleLease;
import io.jobyard.StoreUnavailable;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.Frame.Cause;
import io.jobyard.node.frame.FrameTooLarge;
import io.jobyard.run.Foreman;
import io.jobyard.talk.Exchange;
import io.jobyard.talk.Talk;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Does at the store what the jobs of one queue or pool ask for, on threads of its own: a store that
 * hangs holds up these errands, not the workers' connections, nor another queue's errands.
 */
final class Errands implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int MOST_WAITING = 10_000;
  private static final int MOST_COUNTED = 100_000;

  private final Pool pool;
  private final Foreman store;
  private final ThreadPoolExecutor threads;
  private final Exchange exchange;

  Errands(Pool pool, Foreman store, Talk talk) {
    this.pool = pool;
    this.store = store;
    this.exchange = talk.exchange("queue " + pool.name());
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("jobyard-errand-" + pool.name() + "-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** For the live talk of the jobs. */
  Exchange exchange() {
    return exchange;
  }

  /** Counts the waiting jobs and tells, on a thread of its own; -1 if that failed. */
  void countWaiting(IntConsumer told) {
    try {
      threads.execute(() -> told.accept(waiting()));
    } catch (RejectedExecutionException e) {
      told.accept(-1);
    }
  }

  private int waiting() {
    try {
      int waiting = 0;
      for (QueueConfig queue : pool.queues()) {
        waiting += store.backlog(queue.name(), MOST_COUNTED);
      }
      return waiting;
    } catch (RuntimeException e) {
      return -1; // the store is away: whoever leases says so
    }
  }

  void push(Connection worker, Frame.Push push) {
    run(
        worker,
        push.request(),
        () -> new Frame.Pushed(push.request(), store.push(push.parent(), push.jobs())));
  }

  void find(Connection worker, Frame.Find find) {
    run(worker, find.request(), () -> new Frame.Found(find.request(), store.find(find.ids())));
  }

  private void run(Connection worker, long request, Supplier<Frame> errand) {
    try {
      threads.execute(() -> answer(worker, request, errand));
    } catch (RejectedExecutionException e) {
      worker.send(
          new Frame.Refused(
              request,
              Cause.STORE_UNAVAILABLE,
              MOST_WAITING + " requests of running jobs wait for the store already"));
    }
  }

  private static void answer(Connection worker, long request, Supplier<Frame> errand) {
    try {
      worker.send(errand.get());
    } catch (RuntimeException e) {
      worker.send(new Frame.Refused(request, cause(e), String.valueOf(e.getMessage())));
    }
  }

  private static Cause cause(RuntimeException e) {
    return switch (e) {
      case StaleLease stale -> Cause.STALE_LEASE;
      case PushRefused refused -> Cause.PUSH_REFUSED;
      case FrameTooLarge large -> Cause.PUSH_REFUSED;
      case StoreUnavailable away -> Cause.STORE_UNAVAILABLE;
      default -> Cause.OTHER;
    };
  }

  @Override
  public void close() {
    threads.shutdownNow();
    exchange.close();
  }
}
