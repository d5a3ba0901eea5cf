package io.jobyard.stats;

import io.jobyard.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what comes of a node's runs, until somebody takes the numbers away to keep them. A few
 * additions a run, under a lock that its queue has to itself. Thread-safe.
 */
public final class Tally {
  /** More causes than these, between two takings, are counted together: messages are users'. */
  private static final int MOST_CAUSES = 100;

  private final Map<String, Desk> desks = new ConcurrentHashMap<>();

  /** Where a queue's runs are counted. */
  public Desk desk(String queue) {
    return desks.computeIfAbsent(queue, Desk::new);
  }

  /** What was counted since the last time, by queue; queues where nothing was are left out. */
  Map<String, Taken> take() {
    Map<String, Taken> all = new HashMap<>();
    desks.forEach((queue, desk) -> {
      Taken taken = desk.take();
      if (taken != null) {
        all.put(queue, taken);
      }
    });
    return all;
  }

  record Taken(Load load, List<CauseCount> causes) {}

  /** One queue's numbers. */
  public static final class Desk {
    private final String queue;
    private final Map<Named, CauseCount> causes = new HashMap<>();
    private Load load = new Load();

    private record Named(String kind, Cause cause) {}

    Desk(String queue) {
      this.queue = queue;
    }

    /** One more. */
    public synchronized void count(Load.Count what) {
      load.count(what);
    }

    /** A run, how long its job had waited for it, and how long it took. */
    public synchronized void ran(Duration waited, Duration took) {
      load.waited().add(waited);
      load.ran().add(took);
    }

    /**
     * A run failed.
     *
     * @param kind empty where it is not known
     * @param ended whether the job does not run again
     */
    public void failed(UUID id, String kind, Failure failure, boolean ended) {
      Cause cause = Cause.of(failure);
      synchronized (this) {
        causes.computeIfAbsent(name(kind, cause), this::start).count(id, failure.at(), ended);
      }
    }

    private Named name(String kind, Cause cause) {
      Named name = new Named(kind, cause);
      return causes.size() < MOST_CAUSES || causes.containsKey(name)
          ? name
          : new Named(kind, Cause.other(cause.type()));
    }

    private CauseCount start(Named name) {
      return new CauseCount(queue, name.kind, name.cause);
    }

    private synchronized @Nullable Taken take() {
      if (load.isEmpty() && causes.isEmpty()) {
        return null;
      }
      Taken taken = new Taken(load, new ArrayList<>(causes.values()));
      load = new Load();
      causes.clear();
      return taken;
    }
  }
}
