package io.jobyard.run;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A worker whose behaviour a test writes down. */
final class FakeWorker implements Worker {
  private final RunBoard board = RunBoard.local();
  private final BiConsumer<FakeWorker, Assignment> take;
  private final Consumer<FakeWorker> die;
  private final int slot;
  private final int threads;
  private final boolean isolated;
  private final Map<UUID, Integer> tickets = new ConcurrentHashMap<>();

  /** One of a single thread. */
  FakeWorker(BiConsumer<FakeWorker, Assignment> take, Consumer<FakeWorker> die) {
    this(-1, 1, false, take, die);
  }

  /** One at a slot of its queue. */
  FakeWorker(
      int slot, int threads, BiConsumer<FakeWorker, Assignment> take, Consumer<FakeWorker> die) {
    this(slot, threads, false, take, die);
  }

  /**
   * @param take called with every job handed over, under the dispatcher's lock
   * @param die called when it is killed or retired, under the dispatcher's lock
   */
  FakeWorker(
      int threads,
      boolean isolated,
      BiConsumer<FakeWorker, Assignment> take,
      Consumer<FakeWorker> die) {
    this(-1, threads, isolated, take, die);
  }

  private FakeWorker(
      int slot,
      int threads,
      boolean isolated,
      BiConsumer<FakeWorker, Assignment> take,
      Consumer<FakeWorker> die) {
    this.slot = slot;
    this.threads = threads;
    this.isolated = isolated;
    this.take = take;
    this.die = die;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public boolean isolated() {
    return isolated;
  }

  @Override
  public int slot() {
    return slot;
  }

  /** Whether it was ever handed this job. */
  boolean has(UUID job) {
    return tickets.containsKey(job);
  }

  /** Under which it was handed a job last. */
  int ticket(UUID job) {
    return tickets.get(job);
  }

  @Override
  public RunBoard board() {
    return board;
  }

  @Override
  public void run(List<Assignment> batch) {
    for (Assignment run : batch) {
      tickets.put(run.lease().key().id(), run.ticket());
      take.accept(this, run);
    }
  }

  @Override
  public void cancel(int ticket) {
    throw new IllegalStateException("nobody cancels here, but ticket " + ticket + " was");
  }

  @Override
  public void kill(String why) {
    die.accept(this);
  }

  @Override
  public void retire() {
    die.accept(this);
  }
}
