package io.jobyard.run;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A worker of one thread whose behaviour a test writes down. */
final class FakeWorker implements Worker {
  private final RunBoard board = RunBoard.local();
  private final BiConsumer<FakeWorker, Assignment> take;
  private final Consumer<FakeWorker> die;

  /**
   * @param take called with every job handed over, under the dispatcher's lock
   * @param die called when it is killed, under the dispatcher's lock
   */
  FakeWorker(BiConsumer<FakeWorker, Assignment> take, Consumer<FakeWorker> die) {
    this.take = take;
    this.die = die;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public RunBoard board() {
    return board;
  }

  @Override
  public void run(List<Assignment> batch) {
    batch.forEach(run -> take.accept(this, run));
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
    throw new IllegalStateException("nobody retires workers here");
  }
}
