package io.jobyard.http;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What HTTP asks of the node beside it. Safe for use by many threads. */
public interface NodeLink {
  /** The node's own name; empty where none runs. */
  Optional<String> name();

  /** What {@code worker status --json} prints; empty where none runs. */
  Optional<ObjectNode> status();

  /** Changes to the jobs' code as it is now; what came of it. */
  ObjectNode reload() throws InterruptedException;

  /**
   * Lets a worker finish what it runs, then replaces it.
   *
   * @return false if it has no such worker
   */
  boolean drain(long pid);

  /**
   * Kills a worker and starts another; what it ran is settled as killed.
   *
   * @return false if it has no such worker
   */
  boolean kill(long pid);

  /**
   * What a job said that runs here.
   *
   * @param from the number of the first line wanted
   */
  Optional<Said> said(UUID job, long from);

  /**
   * Where a job stands that runs here: what {@code job show --json} prints as {@code running}.
   * Empty if it does not run here. May take two seconds.
   */
  Optional<ObjectNode> sight(UUID job);

  /**
   * What a running job said.
   *
   * @param progress as JSON; null if it said nothing of it
   * @param next the number of the line that comes after these
   */
  record Said(@Nullable ObjectNode progress, List<String> lines, long next) {}

  /** Where no node runs. */
  static NodeLink none() {
    return new NodeLink() {
      @Override
      public Optional<String> name() {
        return Optional.empty();
      }

      @Override
      public Optional<ObjectNode> status() {
        return Optional.empty();
      }

      @Override
      public ObjectNode reload() {
        throw new IllegalStateException("no node runs here");
      }

      @Override
      public boolean drain(long pid) {
        return false;
      }

      @Override
      public boolean kill(long pid) {
        return false;
      }

      @Override
      public Optional<Said> said(UUID job, long from) {
        return Optional.empty();
      }

      @Override
      public Optional<ObjectNode> sight(UUID job) {
        return Optional.empty();
      }
    };
  }
}
