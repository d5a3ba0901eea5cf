package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatList;

import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.TableNames;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Plans are made once, and the server makes them anew when it has cleaned up, which on an idle node
 * is while the tables are empty. A plan that reads a table of no rows from end to end is the
 * cheapest then, and ruins the next million jobs.
 */
final class PlansTest {
  private static final int SOME = 200;

  /** The tables that grow with the jobs; what is in the others can be read whole. */
  private static final Pattern SCAN =
      Pattern.compile(".* Scan.* on jobyard_(jobs|line|later|leased|external|finished)\\b.*");

  private static final List<String> TABLES =
      List.of("jobs", "line", "later", "leased", "external", "finished");

  private static final Pattern PARAMETER = Pattern.compile("\\?");

  private final PostgresHarness harness = new PostgresHarness();

  @AfterEach
  void close() {
    harness.close();
  }

  private static List<String> statements(Worker worker) {
    List<String> all = new ArrayList<>(List.of(Settling.REMOVE, Settling.CARRY_OUT));
    all.addAll(List.of(Operating.CANCEL, Operating.PURGE, Adopting.ADOPT));
    for (String filtered :
        List.of(Operating.RETRY, Operating.FORGET_WAITING, Operating.FORGET_ENDED)) {
      all.add(filtered.replace("{filter}", "id = any (?)").replace("{order}", Filter.FEW_IN_ORDER));
    }
    Inserts.statements().forEach(all::add);
    for (Order order : Order.values()) {
      for (Set<String> kinds : List.of(Set.<String>of(), Set.of("send-welcome"))) {
        for (Slots slots : new Slots[] {null, new Slots(2, Set.of(1))}) {
          for (int limit : new int[] {0, 5}) {
            all.add(
                Leasing.statement(
                    new LeaseRequest(
                        worker.session,
                        Worker.QUEUE,
                        10,
                        Long.MAX_VALUE,
                        kinds,
                        order,
                        limit,
                        slots)));
          }
        }
      }
    }
    return all;
  }

  @Test
  void plansMadeForEmptyTablesLookRowsUp() throws SQLException {
    Worker worker = new Worker(harness.open());
    Sql sql = new Sql(TableNames.in(harness.schema(), "jobyard_"), Sql.SERVER_CLOCK);
    worker.push((long) SOME);
    assertThat(worker.done(worker.lease(SOME))).isZero();
    try (Db db = new Db(harness.connect())) {
      db.script(Pool.OURS);
      for (String table : TABLES) {
        db.script("vacuum (full, analyze) " + sql.fill("{t}" + table));
      }
      for (String statement : statements(worker)) {
        assertLooksUp(db, numbered(sql.fill(statement)));
      }
    }
  }

  /** Every scan of a table that grows has a condition on its index, or on the row's place. */
  private static void assertLooksUp(Db db, String statement) throws SQLException {
    db.script("prepare statement as " + statement);
    String values =
        "null" + ", null".repeat((int) statement.chars().filter(c -> c == '$').count() - 1);
    List<String> plan =
        db.list("explain (costs off) execute statement (" + values + ")", row -> row.getString(1));
    db.script("deallocate statement");
    for (int i = 0; i < plan.size(); i++) {
      if (SCAN.matcher(plan.get(i)).matches()) {
        assertThatList(plan.subList(i, Math.min(plan.size(), i + 2)))
            .as(() -> String.join("\n", plan))
            .last()
            .asString()
            .containsAnyOf("Index Cond:", "TID Cond:");
      }
    }
    assertThat(plan).as("it scans something").anyMatch(step -> SCAN.matcher(step).matches());
  }

  private static String numbered(String statement) {
    int[] nth = {0};
    return PARAMETER.matcher(statement).replaceAll((MatchResult mark) -> "\\$" + ++nth[0]);
  }
}
