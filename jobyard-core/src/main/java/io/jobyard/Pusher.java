package io.jobyard;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pushes jobs: an application through {@link Jobyard}, a running job through {@link
 * JobContext#yard()}. A push returns once the store has the job durably. Safe for use by many
 * threads.
 *
 * <p>Every method throws {@link JobyardException}: {@code PushRefused} for a job that cannot be
 * stored as it is (it says why; nothing was stored), {@code StoreUnavailable} where the store did
 * not answer within {@code push-timeout}.
 */
@SuppressWarnings(
    "overloads") // a lambda is told apart by its arity and by whether it returns a value
public interface Pusher {
  JobHandle<Void> push(Job job, PushOptions options);

  <R extends @Nullable Object> JobHandle<R> push(Task<R> task, PushOptions options);

  /**
   * Pushes exactly one call of a method marked {@link Kind}, such as {@code () ->
   * mailer.welcome(42)}.
   */
  JobHandle<Void> push(Call call, PushOptions options);

  /** A call that returns a value. */
  <R extends @Nullable Object> JobHandle<R> push(ValueCall<R> call, PushOptions options);

  /** Pushes a record that has a {@link Handler}. */
  JobHandle<Void> push(Object arguments, PushOptions options);

  /**
   * Pushes by kind, from anywhere; the class need not be known here.
   *
   * @param payload anything that becomes JSON; null is {@code null}
   */
  JobHandle<Object> push(String kind, @Nullable Object payload, PushOptions options);

  /** Pushes jobs, tasks and records with handlers, one round trip a batch of 1,000. */
  List<JobHandle<?>> pushAll(Iterable<?> jobs, PushOptions options);

  /** Pushes tasks of one type, so that their values can be collected. */
  <R extends @Nullable Object> List<JobHandle<R>> pushTasks(
      Iterable<? extends Task<R>> tasks, PushOptions options);

  default JobHandle<Void> push(Job job) {
    return push(job, PushOptions.none());
  }

  default <R extends @Nullable Object> JobHandle<R> push(Task<R> task) {
    return push(task, PushOptions.none());
  }

  default JobHandle<Void> push(Call call) {
    return push(call, PushOptions.none());
  }

  default <R extends @Nullable Object> JobHandle<R> push(ValueCall<R> call) {
    return push(call, PushOptions.none());
  }

  default JobHandle<Void> push(Object arguments) {
    return push(arguments, PushOptions.none());
  }

  /** Pushes by kind a job that has no arguments. */
  default JobHandle<Object> push(String kind) {
    return push(kind, null, PushOptions.none());
  }

  default JobHandle<Object> push(String kind, @Nullable Object payload) {
    return push(kind, payload, PushOptions.none());
  }

  default List<JobHandle<?>> pushAll(Iterable<?> jobs) {
    return pushAll(jobs, PushOptions.none());
  }

  default List<JobHandle<?>> pushAll(Stream<?> jobs) {
    return pushAll(jobs, PushOptions.none());
  }

  default List<JobHandle<?>> pushAll(Stream<?> jobs, PushOptions options) {
    Iterable<Object> once = () -> jobs.map(Object.class::cast).iterator();
    return pushAll(once, options);
  }

  default <R extends @Nullable Object> List<JobHandle<R>> pushTasks(
      Iterable<? extends Task<R>> tasks) {
    return pushTasks(tasks, PushOptions.none());
  }
}
