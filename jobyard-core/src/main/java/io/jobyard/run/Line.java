package io.jobyard.run;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Leased jobs that wait to be handed out. Guarded by its dispatcher's lock. */
final class Line {
  private final Deque<Lease> waiting = new ArrayDeque<>();

  /** At the end. */
  void add(Lease lease) {
    waiting.addLast(lease);
  }

  /** At the head: it was out already. */
  void back(Lease lease) {
    waiting.addFirst(lease);
  }

  @Nullable Lease next() {
    return waiting.pollFirst();
  }

  int size() {
    return waiting.size();
  }

  boolean empty() {
    return waiting.isEmpty();
  }

  /** Takes out those of which this is true, in order. */
  List<Lease> takeIf(Predicate<Lease> which) {
    List<Lease> taken = new ArrayList<>();
    waiting.removeIf(lease -> which.test(lease) && taken.add(lease));
    return taken;
  }

  List<Lease> takeAll() {
    List<Lease> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  void each(Consumer<Lease> action) {
    waiting.forEach(action);
  }

  void addKeys(Collection<LeaseKey> keys) {
    waiting.forEach(lease -> keys.add(lease.key()));
  }
}
