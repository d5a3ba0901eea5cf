package io.jobyard.faktory;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The MUTATE command: changes many jobs of one of the protocol's three sets. It reads the whole
 * set, page by page, so one at a time is enough. Safe for use by many threads.
 */
final class Mutations {
  private static final int PAGE = 500;
  private static final int MOST_JIDS = 10_000;

  private final JobStore store;
  private final ReentrantLock one = new ReentrantLock();

  Mutations(JobStore store) {
    this.store = store;
  }

  private enum Target {
    /** Never run, and not due yet. */
    SCHEDULED,
    /** Failed before, and wait for the next run. */
    RETRIES,
    /** Will not run any more unless somebody says so. */
    DEAD;

    JobFilter filter() {
      return switch (this) {
        case SCHEDULED, RETRIES -> JobFilter.of(null, JobState.SCHEDULED);
        case DEAD -> JobFilter.of(null, JobState.FAILED, JobState.CANCELLED);
      };
    }

    boolean has(JobView job) {
      return switch (this) {
        case SCHEDULED -> job.counts().charged() == 0;
        case RETRIES -> job.counts().charged() > 0;
        case DEAD -> true;
      };
    }

    static Target of(JsonNode json) throws Refused {
      return switch (json.path("target").asString("")) {
        case "scheduled" -> SCHEDULED;
        case "retries" -> RETRIES;
        case "dead" -> DEAD;
        default ->
            throw new Refused(
                "invalid target for mutation command; it must be scheduled, retries or dead");
      };
    }
  }

  private enum Change {
    KILL,
    REQUEUE,
    DISCARD
  }

  void run(JsonNode json) throws Refused, InterruptedException {
    Target target = Target.of(json);
    JsonNode filter = json.path("filter");
    switch (json.path("cmd").asString("")) {
      case "clear" -> each(target, job -> true, Change.DISCARD);
      case "discard" -> each(target, which(filter), Change.DISCARD);
      case "kill" -> each(target, which(filter), Change.KILL);
      case "requeue" -> each(target, which(filter), Change.REQUEUE);
      default ->
          throw new Refused("unknown mutate operation; it must be kill, requeue, discard or clear");
    }
  }

  /** Removes every job that does not run. */
  void flush() {
    JobFilter all =
        JobFilter.of(
            null,
            JobState.READY,
            JobState.SCHEDULED,
            JobState.SUCCEEDED,
            JobState.FAILED,
            JobState.CANCELLED);
    while (store.forget(all, PAGE) > 0) {
      // and the next ones
    }
  }

  private static Predicate<JobView> which(JsonNode filter) throws Refused {
    Predicate<JobView> which = job -> true;
    String jobtype = filter.path("jobtype").asString("");
    if (!jobtype.isEmpty()) {
      which = which.and(job -> job.kind().equals(jobtype));
    }
    if (filter.path("jids").isArray() && !filter.path("jids").isEmpty()) {
      Set<String> jids = jids(filter.path("jids"));
      which =
          which.and(job -> jids.contains(JobWriter.jid(job)) || jids.contains(job.id().toString()));
    }
    String pattern = filter.path("regexp").asString("");
    if (!pattern.isEmpty()) {
      Glob glob = Glob.of(pattern);
      which = which.and(job -> glob.matches(JobWriter.listed(job)));
    }
    return which;
  }

  private static Set<String> jids(JsonNode array) throws Refused {
    if (array.size() > MOST_JIDS) {
      throw new Refused("the filter has " + array.size() + " jids, the limit is " + MOST_JIDS);
    }
    Set<String> jids = new HashSet<>();
    for (JsonNode jid : array) {
      jids.add(jid.asString(""));
    }
    return jids;
  }

  private void each(Target target, Predicate<JobView> which, Change change)
      throws InterruptedException {
    one.lockInterruptibly();
    try {
      @Nullable String next = null;
      do {
        JobPage page = store.list(target.filter(), next, PAGE);
        Set<UUID> ids =
            page.jobs().stream()
                .filter(target::has)
                .filter(which)
                .map(JobView::id)
                .collect(Collectors.toSet());
        if (!ids.isEmpty()) {
          change(target, ids, change);
        }
        next = page.next();
      } while (next != null);
    } finally {
      one.unlock();
    }
  }

  private void change(Target target, Set<UUID> ids, Change change) {
    switch (change) {
      case DISCARD -> store.forget(JobFilter.ids(ids), ids.size());
      case KILL -> {
        if (target != Target.DEAD) {
          store.cancel(ids);
        }
      }
      case REQUEUE -> {
        // A job that waits for its time becomes ready by way of the dead.
        if (target != Target.DEAD) {
          store.cancel(ids);
        }
        store.retry(JobFilter.ids(ids), ids.size());
      }
    }
  }
}
