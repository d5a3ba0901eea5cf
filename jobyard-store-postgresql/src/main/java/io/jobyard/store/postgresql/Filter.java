package io.jobyard.store.postgresql;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A {@link JobFilter} as conditions on one of the job tables, with their parameters in order. */
final class Filter {
  private final StringBuilder conditions = new StringBuilder("true");
  private final List<Object> parameters = new ArrayList<>();
  private final boolean possible;

  /**
   * Translates.
   *
   * @param among only these states
   */
  Filter(Db db, JobFilter filter, Set<JobState> among) throws SQLException {
    Set<JobState> states = EnumSet.copyOf(among);
    if (!filter.states().isEmpty()) {
      states.retainAll(filter.states());
    }
    possible = !states.isEmpty();
    and(stateIs(states));
    // A SCHEDULED job whose time has come counts as READY, though no lease has seen it yet.
    if (states.contains(JobState.READY) != states.contains(JobState.SCHEDULED)) {
      and("(state <> 1 or (run_at <= {now}) = " + states.contains(JobState.READY) + ")");
    }
    if (filter.queue() != null) {
      and("queue = (select number from {t}queues where name = ?)", filter.queue());
    }
    if (!filter.ids().isEmpty()) {
      and("id = any (?)", db.connection().createArrayOf("uuid", filter.ids().toArray()));
    }
    if (filter.kind() != null) {
      and("kind = ?", filter.kind());
    }
  }

  /** Adds a condition. */
  void and(String condition, Object... values) {
    conditions.append("\n   and ").append(condition);
    parameters.addAll(List.of(values));
  }

  /** False if no job at all can pass. */
  boolean possible() {
    return possible;
  }

  /** The conditions, to stand behind {@code where}. */
  String sql() {
    return conditions.toString();
  }

  List<Object> parameters() {
    return parameters;
  }

  /** Numbers rather than parameters, so that the planner sees which partial index serves. */
  private static String stateIs(Set<JobState> states) {
    Set<Integer> codes = new TreeSet<>();
    for (JobState state : states) {
      codes.add(Codes.of(state));
      if (state == JobState.READY) {
        codes.add(Codes.SCHEDULED);
      }
    }
    if (codes.isEmpty()) {
      return "false";
    }
    return codes.stream().map(String::valueOf).collect(Collectors.joining(", ", "state in (", ")"));
  }
}
