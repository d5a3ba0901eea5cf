package io.jobyard.run;

import io.jobyard.CommitHook;
import io.jobyard.JobyardException;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Collects the pushes of one transaction and passes them on after its commit. Good for one
 * transaction; safe for use by many threads.
 */
public final class Deferral implements PushPort {
  private final PushPort target;
  private final Map<UUID, CompletableFuture<UUID>> waiting = new HashMap<>();
  private List<NewJob> jobs = new ArrayList<>();
  private boolean committed;

  /**
   * @param target where the jobs go after the commit
   * @param hook asked once, now, to call back after the commit
   */
  public Deferral(PushPort target, CommitHook hook) {
    this.target = target;
    hook.afterCommit(this::pass);
  }

  @Override
  public List<UUID> push(List<NewJob> collected) {
    Limits.check(collected);
    synchronized (this) {
      if (committed) {
        throw new JobyardException(
            "the transaction of this pusher has been committed and its jobs are pushed; ask"
                + " afterCommit for another one in each transaction");
      }
      for (NewJob job : collected) {
        jobs.add(job);
        waiting.put(job.id(), new CompletableFuture<>());
      }
    }
    return collected.stream().map(NewJob::id).toList();
  }

  @Override
  public synchronized @Nullable CompletableFuture<UUID> stored(UUID id) {
    return waiting.get(id);
  }

  private void pass() {
    List<NewJob> all;
    synchronized (this) {
      committed = true;
      all = jobs;
      jobs = List.of();
    }
    Iterator<NewJob> order = all.iterator();
    var batch = new PushBatch(target, (stored, value) -> finish(order.next(), stored));
    try {
      all.forEach(job -> batch.add(job, null));
      batch.flush();
    } catch (RuntimeException e) {
      waiting.values().forEach(job -> job.completeExceptionally(e));
      throw e;
    }
  }

  private void finish(NewJob job, UUID stored) {
    CompletableFuture<UUID> end = stored(job.id());
    if (end == null) {
      return;
    }
    CompletableFuture<UUID> later = target.stored(stored);
    if (later == null) {
      end.complete(stored);
    } else {
      var unused =
          later.whenComplete((id, error) -> {
            if (error != null) {
              end.completeExceptionally(error);
            } else {
              end.complete(id);
            }
          });
    }
  }
}
