package io.jobyard.store.sqlite;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.jdbc.Codes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A {@link JobFilter} as conditions on one of the job tables, with their parameters in order. */
final class Filter {
  private final StringBuilder conditions = new StringBuilder("1 = 1");
  private final List<Object> parameters = new ArrayList<>();
  private final boolean possible;

  /**
   * Translates.
   *
   * @param among only these states
   * @param now a SCHEDULED job whose time has come counts as READY, though no lease has seen it yet
   */
  Filter(JobFilter filter, Set<JobState> among, long now) {
    Set<JobState> states = EnumSet.copyOf(among);
    if (!filter.states().isEmpty()) {
      states.retainAll(filter.states());
    }
    possible = !states.isEmpty();
    and(stateIs(states));
    if (states.contains(JobState.READY) != states.contains(JobState.SCHEDULED)) {
      and("(state <> 1 or (run_at <= ?) = " + (states.contains(JobState.READY) ? 1 : 0) + ")", now);
    }
    if (filter.queue() != null) {
      and("queue = (select number from jobyard_queues where name = ?)", filter.queue());
    }
    if (!filter.ids().isEmpty()) {
      String ids =
          filter.ids().stream()
              .map(id -> '"' + HexFormat.of().formatHex(Codes.bytes(id)) + '"')
              .collect(Collectors.joining(",", "[", "]"));
      and("id in (select unhex(value) from json_each(?))", ids);
    }
    if (filter.kind() != null) {
      and("kind = ?", filter.kind());
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

  /** The parameters, between those of what stands before the conditions and behind them. */
  Object[] parameters(List<Object> before, Object behind) {
    List<Object> all = new ArrayList<>(before);
    all.addAll(parameters);
    all.add(behind);
    return all.toArray();
  }

  /** Numbers rather than parameters, so that SQLite sees which partial index serves. */
  private static String stateIs(Set<JobState> states) {
    Set<Integer> codes = new TreeSet<>();
    for (JobState state : states) {
      codes.add(Codes.of(state));
      if (state == JobState.READY) {
        codes.add(Codes.SCHEDULED);
      }
    }
    return codes.stream().map(String::valueOf).collect(Collectors.joining(", ", "state in (", ")"));
  }
}
