package io.jobyard.node.process;

import io.jobyard.run.Ward;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The processes where suspects run alone, beside a queue's own: as many as there are suspects, but
 * no more than a few, which take them one after another. Each dies with the suspect that kills it,
 * so it is all of them together that die too often, or do not. On its queue's thread but for what
 * the dispatcher says.
 */
final class Cells implements Ward {
  private static final int MOST = 4;

  private final Executor thread;
  private final Consumer<Post> open;
  private final Deaths deaths = new Deaths();
  private long done;
  private int needed;
  private int opened;

  /**
   * @param open starts a process
   */
  Cells(Executor thread, Consumer<Post> open) {
    this.thread = thread;
    this.open = open;
  }

  @Override
  public void needed(int cells) {
    thread.execute(() -> {
      needed = cells;
      openMore();
    });
  }

  /** A cell has left, or is given up. */
  void closed() {
    opened--;
    openMore();
  }

  /**
   * One died, and is to be {@link #closed} now or after a pause.
   *
   * @param done how many jobs the queue's workers ended so far, in cells or not
   */
  void died(long done) {
    deaths.after(done > this.done);
    this.done = done;
  }

  /** How they die. */
  Deaths deaths() {
    return deaths;
  }

  private void openMore() {
    while (opened < Math.min(needed, MOST)) {
      opened++;
      open.accept(new Post(Place.cell()));
    }
  }
}
