package io.jobyard.node.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.UUID;

/** What the command line asks of a running node: one JSON line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "ask")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Request.Status.class, name = "status"),
  @JsonSubTypes.Type(value = Request.Stop.class, name = "stop"),
  @JsonSubTypes.Type(value = Request.Reload.class, name = "reload"),
  @JsonSubTypes.Type(value = Request.Said.class, name = "said"),
  @JsonSubTypes.Type(value = Request.Look.class, name = "look"),
  @JsonSubTypes.Type(value = Request.Drain.class, name = "drain"),
  @JsonSubTypes.Type(value = Request.Kill.class, name = "kill")
})
sealed interface Request {
  /** How is the node? */
  record Status() implements Request {}

  /** Stop; answered at once, the node ends when it has stopped. */
  record Stop() implements Request {}

  /** Change to the code as it is now; answered when that is done or has failed. */
  record Reload() implements Request {}

  /**
   * What did a job say?
   *
   * @param from the number of the first line wanted
   */
  record Said(UUID job, long from) implements Request {}

  /** Where does a running job stand? Answered within two seconds. */
  record Look(UUID job) implements Request {}

  /** Let the worker of this process number finish what it runs, and replace it. */
  record Drain(long pid) implements Request {}

  /** Kill the worker of this process number. */
  record Kill(long pid) implements Request {}
}
