package io.jobyard.http.page;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where a job stands that runs on the node beside these pages. */
public final class Sight {
  private final @Nullable ObjectNode sight;

  /**
   * @param sight as the node tells it; null if the job does not run there
   */
  Sight(@Nullable ObjectNode sight) {
    this.sight = sight;
  }

  public boolean here() {
    return sight != null;
  }

  public @Nullable String worker() {
    return text("worker_pid");
  }

  /** How long it has run. */
  public String since() {
    return span("running_ms");
  }

  /** The processor time of its process; null where nobody knows whose it is. */
  public @Nullable String cpu() {
    return text("process_cpu_ms") == null ? null : span("process_cpu_ms");
  }

  /** How much of the run that covers. */
  public String cpuOver() {
    return span("process_cpu_over_ms");
  }

  /** Null if its worker could not tell. */
  public @Nullable String stack() {
    return text("stack");
  }

  /** Of the threads it started; null if there are none, or it cannot be known. */
  public @Nullable String threads() {
    String threads = text("threads");
    return threads == null || threads.isEmpty() ? null : threads;
  }

  /** Why its worker could not tell. */
  public @Nullable String silence() {
    return text("silence");
  }

  private String span(String name) {
    String millis = text(name);
    return Figures.millis(millis == null ? null : Long.valueOf(millis));
  }

  private @Nullable String text(String name) {
    JsonNode value = sight == null ? null : sight.get(name);
    return value == null || value.isNull() ? null : value.asString();
  }
}
