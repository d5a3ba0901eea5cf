package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.Handler;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Runs jobs whose arguments are one class and whose code is a {@link Handler}. */
final class HandlerWork implements Work {
  private final JobSettings settings;
  private final boolean handlesFailure;
  private final PayloadReader<Object> reader;
  private final Receiver handler;

  HandlerWork(Class<?> arguments, Receiver handler, JobSettings settings, JsonMapper mapper) {
    this.settings = settings;
    this.handlesFailure =
        Overriding.of(
            handler.type(), Handler.class, "failed", Object.class, JobContext.class, Failure.class);
    this.reader = new PayloadReader<>(arguments, mapper);
    this.handler = handler;
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
    handler().handle(reader.read(payload), job);
    return null;
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
    return handler().failed(reader.read(payload), job, failure);
  }

  @SuppressWarnings("unchecked") // the scan found it by its type argument
  private Handler<Object> handler() throws Throwable {
    return (Handler<Object>) handler.get();
  }
}
