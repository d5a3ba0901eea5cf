package io.jobyard.talk;

import java.util.List;

/**
 * Where a worker is, for messages to find it.
 *
 * @param slot its number in its queue; {@link #EVERY_SLOT} where one process is all workers, {@link
 *     #NO_SLOT} for one that is none of them
 * @param queues those it serves
 */
public record Seat(String node, long pid, int slot, List<String> queues) {
  public static final int NO_SLOT = -1;
  public static final int EVERY_SLOT = -2;

  public Seat {
    queues = List.copyOf(queues);
  }

  /** In this process. */
  public static Seat here(String node, int slot, List<String> queues) {
    return new Seat(node, ProcessHandle.current().pid(), slot, queues);
  }

  boolean isFor(Envelope.Mark mark) {
    return switch (mark) {
      case Envelope.Everybody() -> true;
      case Envelope.Slot(int number) -> slot == number || slot == EVERY_SLOT;
      case Envelope.Pid(long meant) -> pid == meant;
    };
  }
}
