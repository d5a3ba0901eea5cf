package io.jobyard.node.process;

import io.jobyard.run.Assignment;
import io.jobyard.run.RunBoard;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Which job was handed to a worker under which ticket, by board slot. Safe for many threads. */
final class Tickets {
  private final AtomicReferenceArray<@Nullable Entry> bySlot =
      new AtomicReferenceArray<>(RunBoard.SLOTS);

  private record Entry(int ticket, UUID job) {}

  void add(List<Assignment> batch) {
    for (Assignment run : batch) {
      bySlot.setRelease(slot(run.ticket()), new Entry(run.ticket(), run.lease().key().id()));
    }
  }

  /** The job; null if the slot is another's by now. */
  @Nullable UUID job(int ticket) {
    Entry entry = bySlot.getAcquire(slot(ticket));
    return entry != null && entry.ticket == ticket ? entry.job : null;
  }

  private static int slot(int ticket) {
    return ticket & (RunBoard.SLOTS - 1);
  }
}
