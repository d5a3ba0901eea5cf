package io.jobyard.run;

import io.jobyard.JobCancelledException;
import io.jobyard.JobFailedException;
import io.jobyard.JobHandle;
import io.jobyard.JobState;
import io.jobyard.Message;
import io.jobyard.Progress;
import io.jobyard.Subscription;
import io.jobyard.codec.ValueType;
import io.jobyard.store.JobView;
import io.jobyard.talk.Ears;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a pushed job. Costs nothing until somebody waits.
 *
 * @param first the id its producer made
 * @param value the type of its value; null where it has none
 * @param stored ends once a job that was only taken so far is in the store; null for one that is
 */
record PushedJob<R extends @Nullable Object>(
    UUID first,
    @Nullable ValueType value,
    PushPort port,
    Watcher watcher,
    Ears ears,
    @Nullable CompletableFuture<UUID> stored)
    implements JobHandle<R> {

  @Override
  public UUID id() {
    return stored == null || stored.isCompletedExceptionally() ? first : stored.getNow(first);
  }

  @Override
  public JobState state() {
    if (stored != null && (!stored.isDone() || stored.isCompletedExceptionally())) {
      return JobState.READY;
    }
    return watcher.look(id()).map(JobView::state).orElse(JobState.SUCCEEDED);
  }

  @Override
  public R await(Duration timeout) throws TimeoutException, InterruptedException {
    CompletableFuture<Optional<JobView>> ended = ended();
    if (ended.isDone()) {
      return result(get(ended, timeout));
    }
    port.awaiting(true);
    try {
      return result(get(ended, timeout));
    } finally {
      port.awaiting(false);
    }
  }

  @Override
  public CompletableFuture<R> whenFinished() {
    var future = new CompletableFuture<R>();
    // The caller's code must not hold up the watcher's thread, which serves everybody.
    var unused =
        ended()
            .whenComplete((view, error) ->
                Thread.startVirtualThread(() -> {
                  if (error != null) {
                    future.completeExceptionally(error);
                  } else {
                    complete(future, view);
                  }
                }));
    return future;
  }

  @Override
  public Subscription onMessage(Consumer<Message> listener) {
    return listening(id -> ears.onMessage(id, listener));
  }

  @Override
  public Subscription onProgress(Consumer<Progress> listener) {
    return listening(id -> ears.onProgress(id, listener));
  }

  /** Under the id that the store has it by; before it is there it says nothing. */
  private Subscription listening(Function<UUID, Subscription> listening) {
    return stored == null || stored.isDone()
        ? listening.apply(id())
        : new LaterSubscription(stored.thenApply(listening));
  }

  /** A job that is only taken so far must be stored before its end can be asked for. */
  private CompletableFuture<Optional<JobView>> ended() {
    return stored == null ? watcher.ended(first) : stored.thenCompose(watcher::ended);
  }

  private void complete(CompletableFuture<R> future, Optional<JobView> end) {
    try {
      future.complete(result(end));
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  private Optional<JobView> get(CompletableFuture<Optional<JobView>> ended, Duration timeout)
      throws TimeoutException, InterruptedException {
    try {
      return ended.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      var late = new TimeoutException("job " + id() + " has not ended within " + timeout);
      late.initCause(e);
      throw late;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  // The value is read as the type that the task declares; a job without one is a JobHandle<Void>.
  @SuppressWarnings({"unchecked", "NullAway"})
  private R result(Optional<JobView> end) {
    byte[] json = null;
    if (end.isPresent()) {
      JobView job = end.get();
      if (job.state() == JobState.FAILED) {
        throw new JobFailedException(id(), job.errors());
      }
      if (job.state() == JobState.CANCELLED) {
        throw new JobCancelledException(id());
      }
      json = job.result();
    }
    return (R) (value == null ? null : value.read(json));
  }
}
