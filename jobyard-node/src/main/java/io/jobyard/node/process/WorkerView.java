package io.jobyard.node.process;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/** A worker as {@code worker status --json} shows it. */
public record WorkerView(
    long pid,
    String queue,
    int generation,
    String state,
    List<String> jobs,
    long done,
    @JsonProperty("heap_mb") long heapMb,
    @JsonProperty("rss_mb") long rssMb,
    @JsonProperty("uptime_s") long uptimeS) {

  /** What it does. */
  enum State {
    IDLE,
    BUSY,
    DRAINING,
    STARTING;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
