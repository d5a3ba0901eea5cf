package io.jobyard.node.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import org.jspecify.annotations.Nullable;

/** What a node answers to a {@link Request}: one JSON line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Answer.Status.class, name = "status"),
  @JsonSubTypes.Type(value = Answer.Stopping.class, name = "stopping"),
  @JsonSubTypes.Type(value = Answer.Reloaded.class, name = "reloaded"),
  @JsonSubTypes.Type(value = Answer.Said.class, name = "said"),
  @JsonSubTypes.Type(value = Answer.Looked.class, name = "looked"),
  @JsonSubTypes.Type(value = Answer.Worker.class, name = "worker"),
  @JsonSubTypes.Type(value = Answer.Refused.class, name = "refused")
})
sealed interface Answer {
  record Status(StatusView status) implements Answer {}

  record Stopping() implements Answer {}

  /** What came of a change of code. */
  record Reloaded(Reloads reloads) implements Answer {}

  /**
   * What a job said.
   *
   * @param said null if it said nothing here
   */
  record Said(LiveRuns.@Nullable Said said) implements Answer {}

  /**
   * Where a job stands.
   *
   * @param sight null if it does not run here
   */
  record Looked(@Nullable JobSight sight) implements Answer {}

  /**
   * What became of a wish about a worker.
   *
   * @param there whether there is such a worker
   */
  record Worker(boolean there) implements Answer {}

  record Refused(String reason) implements Answer {}
}
