package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.codec.Kinds;
import io.jobyard.codec.UnknownKind;
import io.jobyard.codec.Work;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Kinds made of lambdas, for tests of what runs them. */
final class FakeKinds implements Kinds {
  private final Map<String, Body> bodies = new ConcurrentHashMap<>();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();

  @FunctionalInterface
  interface Body {
    byte[] run(JobContext job) throws Throwable;
  }

  @FunctionalInterface
  interface Handler {
    Verdict failed(JobContext job, Failure failure) throws Throwable;
  }

  void put(String kind, Body body) {
    bodies.put(kind, body);
  }

  void onFailed(String kind, Handler handler) {
    handlers.put(kind, handler);
  }

  @Override
  public Work find(String kind) {
    Body body = bodies.get(kind);
    if (body == null) {
      throw new UnknownKind("no job is registered as '" + kind + "'");
    }
    return new Work() {
      @Override
      public JobSettings settings() {
        return JobSettings.NONE;
      }

      @Override
      public boolean handlesFailure() {
        return handlers.containsKey(kind);
      }

      @Override
      public byte[] run(Payload payload, JobContext job) throws Throwable {
        return body.run(job);
      }

      @Override
      public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
        return handlers.get(kind).failed(job, failure);
      }
    };
  }

  @Override
  public Set<String> names() {
    return bodies.keySet();
  }
}
