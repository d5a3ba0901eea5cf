package io.jobyard.node.process;

import io.jobyard.run.Crew;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Starts a queue's worker processes, and knows those that live. Hires on its queue's own thread;
 * the rest is safe for use by many threads.
 */
final class Office {
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(60);

  private final Crewing.Setup setup;
  private final Crew handed;
  private final @Nullable Grabbing grabbing;
  private final Errands errands;
  private final ScheduledExecutorService thread;
  private final Function<Post, WorkerProcess.Employer> employer;
  private final RandomGenerator chance = RandomGenerator.getDefault();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<String, WorkerProcess> alive = new ConcurrentHashMap<>();
  private long doneByDead;

  /**
   * @param handed whom workers report to that are handed their jobs
   * @param grabbing whom the others report to; null where there are none
   * @param employer who is told how the worker at a post fares
   */
  Office(
      Crewing.Setup setup,
      Crew handed,
      @Nullable Grabbing grabbing,
      Errands errands,
      ScheduledExecutorService thread,
      Function<Post, WorkerProcess.Employer> employer) {
    this.setup = setup;
    this.handed = handed;
    this.grabbing = grabbing;
    this.errands = errands;
    this.thread = thread;
    this.employer = employer;
  }

  /** Starts a worker for this post; returns at once. */
  WorkerProcess hire(Team team, Post post, WorkerProcess.Entry entry) throws IOException {
    String name = setup.pool().name() + "-" + numbers.incrementAndGet();
    var worker =
        new WorkerProcess(
            new WorkerProcess.Staff(
                team.orders(post.place),
                team.plan(),
                setup.gate(),
                grabbing == null || post.place.isolated() ? handed : grabbing,
                errands,
                employer.apply(post)),
            post.place,
            post.history(),
            Term.of(setup.pool().staffing(), post.place, chance),
            name,
            entry);
    alive.put(name, worker);
    try {
      worker.start();
    } catch (IOException e) {
      alive.remove(name);
      throw e;
    }
    expectHello(worker);
    return worker;
  }

  private void expectHello(WorkerProcess worker) {
    var unused =
        thread.schedule(
            () -> {
              if (!worker.greeted()) {
                worker.kill("it did not say hello within " + HELLO_PATIENCE.toSeconds() + " s");
              }
            },
            HELLO_PATIENCE.toSeconds(),
            TimeUnit.SECONDS);
  }

  /** It is no more. */
  void gone(WorkerProcess worker) {
    if (alive.remove(worker.name()) != null) {
      doneByDead += worker.doneCount();
    }
  }

  /** How many jobs the queue's workers ended, those that are gone included. */
  long done() {
    return doneByDead + alive.values().stream().mapToLong(WorkerProcess::doneCount).sum();
  }

  boolean has(WorkerProcess worker) {
    return alive.containsKey(worker.name());
  }

  /** All that live. */
  Collection<WorkerProcess> alive() {
    return alive.values();
  }
}
