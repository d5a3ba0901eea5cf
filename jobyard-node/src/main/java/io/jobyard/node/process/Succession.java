package io.jobyard.node.process;

import io.jobyard.config.Staffing;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Has workers relieved that should not go on for ever: when {@link Renewal} says so, when they have
 * run their last job, when they say by themselves that they are worn, and when an operator wants
 * it. How is {@link Relief}'s. Touched by its queue's own thread only.
 */
final class Succession {
  private final Renewal renewal;
  private final Office office;
  private final Headcount headcount;
  private final Relief relief;
  private final Closing closing;
  private final Function<WorkerProcess, CompletableFuture<Void>> letGo;

  /**
   * @param letGo lets a worker leave once it has finished what it runs
   */
  Succession(
      Staffing staffing,
      Office office,
      Headcount headcount,
      Relief relief,
      Closing closing,
      Function<WorkerProcess, CompletableFuture<Void>> letGo) {
    this.renewal = new Renewal(staffing);
    this.office = office;
    this.headcount = headcount;
    this.relief = relief;
    this.closing = closing;
    this.letGo = letGo;
  }

  /** Whether there is anything to {@link #look} at. */
  boolean wanted() {
    return renewal.wanted();
  }

  /** Looks at all workers; to be done again and again. */
  void look() {
    boolean memory = renewal.memoryDue();
    if (memory) {
      killHoarders();
    }
    if (!closing.begun()) {
      headcount.posts().forEach(post -> renew(post, memory));
    }
  }

  /** Whatever its place: one that leaves, runs a suspect or is tried out fills the machine too. */
  private void killHoarders() {
    office.alive().forEach(worker -> renewal.excess(worker).ifPresent(worker::killFor));
  }

  private void renew(Post post, boolean memory) {
    WorkerProcess worker = post.holder;
    if (worker == null || !worker.works() || worker.retiring()) {
      return;
    }
    renewal
        .reason(worker, memory)
        .ifPresent(why -> relief.begin(post, why, !worker.term().brief()));
  }

  /** Where a worker runs but a few jobs, the next one stands ready from the start. */
  void standBy(Post post) {
    WorkerProcess worker = post.holder;
    if (worker != null && worker.wasReady() && worker.term().brief() && !closing.begun()) {
      relief.begin(post, Relief.SPENT, false);
    }
  }

  /** Lets a worker finish what it runs; another takes its post, if it has one. */
  void relieve(WorkerProcess worker) {
    headcount.posts().stream()
        .filter(post -> post.holder == worker)
        .findFirst()
        .ifPresentOrElse(
            post -> relief.begin(post, "an operator drained it", true),
            () -> {
              var unused = letGo.apply(worker);
            });
  }

  /** It has run its last job. */
  void spent(Post post, WorkerProcess worker) {
    if (post.holder == worker && !worker.retiring() && !closing.begun()) {
      relief.begin(post, Relief.SPENT, true);
      standBy(post);
    }
  }

  /**
   * It says by itself that it should go.
   *
   * @param now whether it gets no more jobs, although nobody may be ready yet
   */
  void worn(Post post, WorkerProcess worker, boolean now, String why) {
    if (post.holder == worker && !worker.retiring() && !closing.begun()) {
      relief.begin(post, why, true);
      if (now) {
        post.givenUp(why);
        var unused = letGo.apply(worker);
      }
    }
  }
}
