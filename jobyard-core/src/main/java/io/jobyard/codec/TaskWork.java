package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Task;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Runs jobs of a class that implements {@link Task}. */
final class TaskWork implements Work {
  private final JobSettings settings;
  private final boolean handlesFailure;
  private final PayloadReader<Task<?>> reader;
  private final ValueType value;

  @SuppressWarnings("unchecked") // a class literal has no type arguments; nothing depends on them
  TaskWork(Class<?> type, JobSettings settings, JsonMapper mapper) {
    this.settings = settings;
    this.handlesFailure =
        Overriding.of(type, Task.class, "failed", JobContext.class, Failure.class);
    this.reader =
        new PayloadReader<>((Class<? extends Task<?>>) type.asSubclass(Task.class), mapper);
    this.value = ValueType.of(type.getSimpleName(), mapper, JobClass.valueOf(type, mapper));
  }

  @Override
  public JobSettings settings() {
    return settings;
  }

  @Override
  public boolean handlesFailure() {
    return handlesFailure;
  }

  @Override
  public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
    return value.write(reader.read(payload).call(job));
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
    return reader.read(payload).failed(job, failure);
  }
}
