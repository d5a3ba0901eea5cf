package io.jobyard.node.process;

import io.jobyard.node.generation.Generation;
import io.jobyard.node.generation.Ranks;
import io.jobyard.node.process.WorkerProcess.Entry;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a queue's workers change to another generation: candidates are tried out beside the workers
 * there are, one a post; adopted, each takes its post, and the old holder leaves. Touched by its
 * queue's own thread only, but for {@link #team}.
 *
 * <p>A trial may take minutes, and nothing waits for its end: meanwhile workers of the old
 * generation are renewed, and posts opened and closed. Adopted, a post that was opened meanwhile is
 * filled anew, and the candidate whose post was closed leaves.
 */
final class Changeover {
  private final Crewing.Setup setup;
  private final Office office;
  private final Relief relief;
  private final Headcount headcount;
  private final Function<WorkerProcess, CompletableFuture<Void>> letGo;
  private final Consumer<Post> filled;
  private volatile Team team;
  private @Nullable Tryout tryout;

  /**
   * @param letGo lets a worker leave; done once it begins no more jobs
   * @param filled told of every post once it has its new holder, or none
   */
  Changeover(
      Crewing.Setup setup,
      Office office,
      Relief relief,
      Headcount headcount,
      Function<WorkerProcess, CompletableFuture<Void>> letGo,
      Consumer<Post> filled) {
    this.setup = setup;
    this.office = office;
    this.relief = relief;
    this.headcount = headcount;
    this.letGo = letGo;
    this.filled = filled;
    this.team = Team.of(setup, setup.generation());
  }

  /** What workers are started as. */
  Team team() {
    return team;
  }

  /** A worker is ready; whether it is a candidate. */
  boolean ready(WorkerProcess worker) {
    return tryout != null && tryout.ready(worker);
  }

  /** A worker is gone; whether it was a candidate. */
  boolean lost(WorkerProcess worker, String why) {
    return tryout != null && tryout.lost(worker, why);
  }

  void tryOut(Generation next, Ranks.Verdict verdict) {
    tryout =
        new Tryout(
            Team.of(setup, next),
            headcount.toTryOut(),
            verdict,
            (from, post) -> office.hire(from, post, Entry.WHEN_ADMITTED));
    tryout.startMore();
  }

  /** Done once no job is given to the old ones any more. */
  CompletableFuture<Void> adopt() {
    Tryout tried = tryout;
    tryout = null;
    if (tried == null) {
      return CompletableFuture.completedFuture(null);
    }
    team = tried.team();
    return takeOver(tried.candidates());
  }

  /** The new ones first, so that at no moment fewer workers take jobs. */
  private CompletableFuture<Void> takeOver(Map<Post, WorkerProcess> candidates) {
    var leaving = new ArrayList<WorkerProcess>();
    for (Post post : headcount.posts()) {
      relief.callOff(post);
      if (post.holder != null) {
        leaving.add(post.holder);
        post.vacated("new code");
      }
      post.holder = candidates.get(post);
      post.worked(true);
      if (post.holder != null) {
        post.holder.admit();
      }
    }
    candidates.forEach((post, worker) -> {
      if (post.holder != worker) {
        worker.retire();
      }
    });
    CompletableFuture<?>[] left =
        leaving.stream().map(letGo).toList().toArray(CompletableFuture<?>[]::new);
    headcount.posts().forEach(filled);
    return CompletableFuture.allOf(left);
  }

  void dismiss() {
    Tryout tried = tryout;
    tryout = null;
    if (tried != null) {
      tried.candidates().values().forEach(worker -> worker.kill("its code is not taken"));
    }
  }
}
