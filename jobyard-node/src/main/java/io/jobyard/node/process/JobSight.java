package io.jobyard.node.process;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jobyard.node.frame.RunSight;
import io.jobyard.run.RunBoard;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running job at this moment, as {@code job show --json} shows it.
 *
 * @param generation of the code it runs
 * @param waiting whether it waits for another job, its slot lent
 * @param processCpuMs what its process used of the processor over the last of the run; null where
 *     the process runs many jobs at once, and in a run's first moments
 * @param processCpuOverMs how much of the run that figure covers
 * @param stack of the job's own thread; null if its worker could not tell
 * @param threads the stacks of threads started since the run began; null where its process runs
 *     many jobs at once, for it cannot be known whose they are
 * @param silence why the worker could not tell; null if it could
 */
public record JobSight(
    @JsonProperty("worker_pid") long workerPid,
    int generation,
    @JsonProperty("running_ms") long runningMs,
    boolean waiting,
    @JsonProperty("process_cpu_ms") @Nullable Long processCpuMs,
    @JsonProperty("process_cpu_over_ms") @Nullable Long processCpuOverMs,
    @Nullable String stack,
    @Nullable String threads,
    @Nullable String silence) {

  /**
   * A job that one of these runs; empty if none does. Waits for the worker, two seconds at most.
   */
  static Optional<JobSight> in(Collection<WorkerProcess> workers, UUID job) {
    for (WorkerProcess worker : workers) {
      for (RunBoard.Entry run : worker.board().running()) {
        if (run.key().id().equals(job)) {
          return Optional.of(of(worker, run));
        }
      }
    }
    return Optional.empty();
  }

  private static JobSight of(WorkerProcess worker, RunBoard.Entry run) {
    try {
      RunSight sight = worker.look(run.key().id()).join().orElse(null);
      String silence =
          sight == null
              ? "it does not run any more"
              : sight.stack() == null ? "its stack could not be had in 500 ms" : null;
      return of(worker, run, sight, silence);
    } catch (CompletionException e) {
      return of(
          worker,
          run,
          null,
          "worker %d did not answer within %d s: it is frozen, or gets no processor"
              .formatted(worker.pid(), Looks.PATIENCE_S));
    }
  }

  private static JobSight of(
      WorkerProcess worker,
      RunBoard.Entry run,
      @Nullable RunSight sight,
      @Nullable String silence) {
    RunSight.CpuUse cpu = sight == null ? null : sight.cpu();
    return new JobSight(
        worker.pid(),
        worker.generation(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - run.since()),
        run.mark() == RunBoard.Mark.WAITING,
        cpu == null ? null : cpu.millis(),
        cpu == null ? null : cpu.overMillis(),
        sight == null ? null : sight.stack(),
        sight == null ? null : sight.threads(),
        silence);
  }
}
