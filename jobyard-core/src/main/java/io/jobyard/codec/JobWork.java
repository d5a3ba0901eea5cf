package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Runs jobs of a class that implements {@link Job}. */
final class JobWork implements Work {
  private final JobSettings settings;
  private final boolean handlesFailure;
  private final PayloadReader<Job> reader;

  JobWork(Class<?> type, JobSettings settings, JsonMapper mapper) {
    this.settings = settings;
    this.handlesFailure = Overriding.of(type, Job.class, "failed", JobContext.class, Failure.class);
    this.reader = new PayloadReader<>(type.asSubclass(Job.class), mapper);
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
    reader.read(payload).run(job);
    return null;
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
    return reader.read(payload).failed(job, failure);
  }
}
