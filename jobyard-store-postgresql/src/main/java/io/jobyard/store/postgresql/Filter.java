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
import java.util.stream.Collectors;

/**
 * A {@link JobFilter} as conditions on one of the job tables, which the statement calls {@code j},
 * with their parameters in order.
 */
final class Filter {
  private static final String LEASED =
      "(select h.seq from {t}leased h where h.queue = j.queue and h.seq = j.seq) is not null";

  /** Along the numbers' index, until there are enough. */
  static final String MANY_IN_ORDER = "seq";

  /** No index has this order: what the ids name is looked up, and then sorted. */
  static final String FEW_IN_ORDER = "seq + 0";

  private final StringBuilder conditions = new StringBuilder("true");
  private final List<Object> parameters = new ArrayList<>();
  private final boolean possible;
  private final boolean few;

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
    few = !filter.ids().isEmpty();
    and(Lookup.LIVE.containsAll(among) ? standing(states) : ended(states));
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

  /** The statement with the conditions in it, and an order that goes along no other index. */
  String in(String statement) {
    return statement
        .replace("{filter}", sql())
        .replace("{order}", few ? FEW_IN_ORDER : MANY_IN_ORDER);
  }

  /** The conditions, to stand behind {@code where}. */
  String sql() {
    return conditions.toString();
  }

  List<Object> parameters() {
    return parameters;
  }

  /**
   * Where a live job stands. A SCHEDULED one whose time has come counts as READY, though no lease
   * has seen it yet.
   */
  private static String standing(Set<JobState> states) {
    boolean ready = states.contains(JobState.READY);
    boolean scheduled = states.contains(JobState.SCHEDULED);
    boolean running = states.contains(JobState.RUNNING);
    if (!ready && !scheduled) {
      return running ? "j.id in (select id from {t}leased)" : "false";
    }
    String waits = ready && scheduled ? "true" : ready ? "j.run_at <= {now}" : "j.run_at > {now}";
    return "(" + waits + (running ? " or " : " and not ") + LEASED + ")";
  }

  private static String ended(Set<JobState> states) {
    return states.isEmpty()
        ? "false"
        : states.stream()
            .map(state -> String.valueOf(Codes.of(state)))
            .sorted()
            .collect(Collectors.joining(", ", "state in (", ")"));
  }
}
