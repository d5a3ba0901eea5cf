package io.jobyard.cli;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.config.Durations;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.StoreListener;
import io.jobyard.view.Json;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Waits for the end of a job. */
@Command(
    name = "wait",
    header = "Wait for the end of a job; prints a task's value",
    description = {
      "A job that is not in the store counts as succeeded, because succeeded jobs are removed."
    },
    footer = {
      "",
      "Example:",
      "  jobyard job wait --timeout 30s $(jobyard push --id-only send-welcome '{\"userId\":42}')",
      "",
      "Exit codes: 0 succeeded, 1 failed, cancelled or not over in time, 2 wrong use"
    })
final class JobWait implements Callable<Integer> {
  /** A wake-up may be lost; then this is how late the end is noticed. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Common common;

  @Parameters(paramLabel = "ID", description = "The job.")
  private @Nullable UUID id;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long to wait. Default: for ever.")
  private @Nullable Duration timeout;

  JobWait(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    UUID job = Objects.requireNonNull(id);
    JobView end;
    try (JobStore store = common.viewStore()) {
      end = await(store, job);
    }
    print(job, end);
    return end == null || end.state() == JobState.SUCCEEDED ? 0 : 1;
  }

  private @Nullable JobView await(JobStore store, UUID job) throws InterruptedException {
    Semaphore changed = new Semaphore(0);
    ProducerStore.Subscription subscription = store.listen(wake(changed));
    try {
      return await(store, job, changed);
    } finally {
      subscription.close();
    }
  }

  private @Nullable JobView await(JobStore store, UUID job, Semaphore changed)
      throws InterruptedException {
    long began = System.nanoTime();
    while (true) {
      List<JobView> found = store.find(List.of(job));
      if (found.isEmpty()) {
        return null;
      }
      JobView now = found.getFirst();
      if (now.state().finished()) {
        return now;
      }
      Duration left = left(began);
      if (!left.isPositive()) {
        throw new JobyardException(
            "job %s is still %s after %s; it goes on"
                .formatted(job, now.state(), Durations.format(Duration.ofNanos(elapsed(began)))));
      }
      long look = Math.min(left.toMillis() + 1, LOOK.toMillis());
      if (changed.tryAcquire(look, TimeUnit.MILLISECONDS)) {
        changed.drainPermits();
      }
    }
  }

  private Duration left(long began) {
    return timeout == null ? LOOK : timeout.minusNanos(elapsed(began));
  }

  private static long elapsed(long began) {
    return System.nanoTime() - began;
  }

  private static StoreListener wake(Semaphore changed) {
    return new StoreListener() {
      @Override
      public void ready(String queue) {}

      @Override
      public void finished() {
        changed.release();
      }
    };
  }

  private void print(UUID job, @Nullable JobView end) {
    byte[] result = end == null ? null : end.result();
    JobState state = end == null ? JobState.SUCCEEDED : end.state();
    Output out = common.output();
    if (out.json()) {
      ObjectNode document = Json.object();
      document.put("id", job.toString());
      document.put("state", state.name());
      document.set("result", result == null ? null : Json.stored(result));
      out.document(document);
    } else {
      out.line(state.name() + (result == null ? "" : " " + Json.write(Json.stored(result))));
    }
  }
}
