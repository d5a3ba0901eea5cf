package io.jobyard.store.mysql;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.jdbc.Codes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A {@link JobFilter} as conditions on the jobs, with their parameters in order. */
final class Filter {
  private final StringBuilder conditions = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();
  private final boolean possible;

  /**
   * Translates.
   *
   * @param among only these states; a SCHEDULED job whose time has come counts as READY
   */
  Filter(JobFilter filter, Set<JobState> among) {
    Set<JobState> states = EnumSet.copyOf(among);
    if (!filter.states().isEmpty()) {
      states.retainAll(filter.states());
    }
    possible = !states.isEmpty();
    conditions.append("state in (").append(Tx.numbers(codes(states))).append(')');
    if (states.contains(JobState.READY) != states.contains(JobState.SCHEDULED)) {
      String due = states.contains(JobState.READY) ? "place <= {now}" : "place > {now}";
      conditions.append("\n   and (state <> 1 or ").append(due).append(')');
    }
    if (filter.queue() != null) {
      and("queue = (select number from {t}queues where name = ?)", Tx.bytes(filter.queue()));
    }
    if (!filter.ids().isEmpty()) {
      Object[] ids = filter.ids().stream().map(Codes::bytes).toArray();
      and("id in (" + Tx.marks(ids.length) + ")", ids);
    }
    if (filter.kind() != null) {
      and("kind = ?", Tx.bytes(filter.kind()));
    }
  }

  /** Adds a condition. */
  void and(String condition, Object... values) {
    conditions.append("\n   and ").append(condition);
    parameters.addAll(Arrays.asList(values));
  }

  /** False if no job at all can pass. */
  boolean possible() {
    return possible;
  }

  /** The conditions, to stand behind {@code where}. */
  String sql() {
    return conditions.toString();
  }

  /** The parameters, with one more behind them. */
  Object[] parameters(Object behind) {
    List<Object> all = new ArrayList<>(parameters);
    all.add(behind);
    return all.toArray();
  }

  private static Set<Integer> codes(Set<JobState> states) {
    Set<Integer> codes = new TreeSet<>();
    for (JobState state : states) {
      codes.add(Codes.of(state));
      if (state == JobState.READY) {
        codes.add(Codes.SCHEDULED);
      }
    }
    return codes.isEmpty() ? Set.of(-1) : codes;
  }
}
