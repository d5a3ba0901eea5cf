package io.jobyard.node.process;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker as {@code worker status --json} shows it.
 *
 * @param replacements how many workers its place had before
 * @param replaced why the last of them was replaced; null if there was none
 */
public record WorkerView(
    long pid,
    String queue,
    int generation,
    String state,
    List<String> jobs,
    long done,
    @JsonProperty("heap_mb") long heapMb,
    @JsonProperty("rss_mb") long rssMb,
    @JsonProperty("uptime_s") long uptimeS,
    int replacements,
    @Nullable String replaced) {
  private static final long MEGABYTE = 1024 * 1024;

  /** A worker as it is now. */
  static WorkerView of(WorkerProcess worker, String queue) {
    List<String> jobs = worker.running().stream().map(UUID::toString).toList();
    return new WorkerView(
        worker.pid(),
        queue,
        worker.generation(),
        State.of(worker, jobs).word(),
        jobs,
        worker.doneCount(),
        worker.heapUsed() / MEGABYTE,
        Rss.of(worker.pid()) / MEGABYTE,
        worker.uptimeSeconds(),
        worker.history().replacements(),
        worker.history().reason());
  }

  /** What it does. */
  private enum State {
    IDLE,
    BUSY,
    DRAINING,
    STARTING;

    static State of(WorkerProcess worker, List<String> jobs) {
      if (worker.retiring()) {
        return DRAINING;
      }
      if (!worker.wasReady()) {
        return STARTING;
      }
      return jobs.isEmpty() ? IDLE : BUSY;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
