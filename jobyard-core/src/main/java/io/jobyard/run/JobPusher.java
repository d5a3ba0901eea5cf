package io.jobyard.run;

import io.jobyard.Call;
import io.jobyard.Job;
import io.jobyard.JobHandle;
import io.jobyard.PushOptions;
import io.jobyard.PushRefused;
import io.jobyard.Pusher;
import io.jobyard.Task;
import io.jobyard.ValueCall;
import io.jobyard.codec.Encoded;
import io.jobyard.codec.JobCodec;
import io.jobyard.codec.Names;
import io.jobyard.codec.ValueType;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.talk.Ears;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns what is pushed into stored jobs and gives back their handles. Safe for use by many threads;
 * cheap to make, one for each running job that pushes.
 */
public final class JobPusher implements Pusher {
  private static final String DEFAULT_QUEUE = "default";

  private final JobCodec codec;
  private final Ids ids;
  private final PushPort port;
  private final Watcher watcher;
  private final Ears ears;

  public JobPusher(JobCodec codec, Ids ids, PushPort port, Watcher watcher, Ears ears) {
    this.codec = codec;
    this.ids = ids;
    this.port = port;
    this.watcher = watcher;
    this.ears = ears;
  }

  @Override
  public JobHandle<Void> push(Job job, PushOptions options) {
    return pushOne(codec.encode(job), options);
  }

  @Override
  public <R extends @Nullable Object> JobHandle<R> push(Task<R> task, PushOptions options) {
    return pushOne(codec.encode(task), options);
  }

  @Override
  public JobHandle<Void> push(Call call, PushOptions options) {
    return pushOne(codec.encode(call), options);
  }

  @Override
  public <R extends @Nullable Object> JobHandle<R> push(ValueCall<R> call, PushOptions options) {
    return pushOne(codec.encode(call), options);
  }

  @Override
  public JobHandle<Void> push(Object arguments, PushOptions options) {
    return pushOne(codec.encode(arguments), options);
  }

  @Override
  public JobHandle<Object> push(String kind, @Nullable Object payload, PushOptions options) {
    return pushOne(codec.encode(kind, payload), options);
  }

  @Override
  public List<JobHandle<?>> pushAll(Iterable<?> jobs, PushOptions options) {
    return this.<JobHandle<?>>pushEach(jobs, options);
  }

  @Override
  public <R extends @Nullable Object> List<JobHandle<R>> pushTasks(
      Iterable<? extends Task<R>> tasks, PushOptions options) {
    return this.<JobHandle<R>>pushEach(tasks, options);
  }

  /** The handle of a job that was pushed before, here or elsewhere. */
  public JobHandle<Object> handle(UUID id) {
    return new PushedJob<>(id, codec.anyValue(), port, watcher, ears, null);
  }

  private <R extends @Nullable Object> JobHandle<R> pushOne(Encoded job, PushOptions options) {
    UUID id = port.push(List.of(newJob(job, options))).getFirst();
    return new PushedJob<>(id, job.value(), port, watcher, ears, port.stored(id));
  }

  /**
   * @param <H> the caller's type of handle, which the jobs' values decide
   */
  @SuppressWarnings("unchecked")
  private <H> List<H> pushEach(Iterable<?> jobs, PushOptions options) {
    if (options.externalId() != null) {
      throw new PushRefused(
          "external id '%s' names one job; push the jobs one by one to give each its own"
              .formatted(options.externalId()));
    }
    List<JobHandle<?>> handles = new ArrayList<>();
    var batch = new PushBatch(port, (id, value) -> handles.add(handle(id, value)));
    for (Object job : jobs) {
      Encoded encoded;
      try {
        encoded = codec.encode(job);
        batch.add(newJob(encoded, options), encoded.value());
      } catch (PushRefused e) {
        throw handles.isEmpty()
            ? e
            : new PushRefused(
                "the first %,d jobs are stored, then: %s".formatted(handles.size(), e.getMessage()),
                e);
      }
    }
    batch.flush();
    return (List<H>) handles;
  }

  private JobHandle<?> handle(UUID id, @Nullable ValueType value) {
    return new PushedJob<>(id, value, port, watcher, ears, port.stored(id));
  }

  private NewJob newJob(Encoded job, PushOptions options) {
    return new NewJob(
        ids.next(),
        options.externalId(),
        queue(job, options),
        job.kind(),
        job.payload(),
        due(options),
        options.priority() == null ? 0 : options.priority().rank(),
        options.worker(),
        job.task(),
        settings(job, options),
        null,
        null,
        port.parent(),
        null);
  }

  private static String queue(Encoded job, PushOptions options) {
    String queue = options.queue() != null ? options.queue() : job.queue();
    if (queue == null) {
      return DEFAULT_QUEUE;
    }
    String flaw = Names.flaw(queue);
    if (flaw != null) {
      throw new PushRefused("the queue " + flaw);
    }
    return queue;
  }

  private static Due due(PushOptions options) {
    if (options.at() != null) {
      return new Due.At(options.at());
    }
    return options.in() == null ? Due.NOW : new Due.In(options.in());
  }

  private static JobSettings settings(Encoded job, PushOptions options) {
    return new JobSettings(
            options.retries(), options.backoff(), options.timeout(), options.retryTimeouts())
        .orElse(job.settings());
  }
}
