package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.Settlement;
import io.jobyard.store.Signal;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A role needs no rights but those that docs/postgresql.md lists. */
final class RightsTest {
  private static final Path PAGE = Path.of("../docs/postgresql.md");
  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();
  private final String schema = url.substring(url.indexOf("schema=") + "schema=".length());
  private final String owner = schema + "_owner";
  private final String app = schema + "_app";

  @BeforeEach
  void makeRoles() throws SQLException, IOException {
    run(
        documented()
            .getFirst()
            .replace("jobs", schema)
            .replace("role jobyard", "role " + owner)
            .replace("authorization jobyard", "authorization " + owner));
    run("create role " + app + " login password 'SECRET'");
  }

  @AfterEach
  void dropRoles() throws SQLException {
    server.drop(url);
    run("drop owned by " + owner + "; drop role " + owner);
    run("drop owned by " + app + "; drop role " + app);
  }

  /** The page's statements, one text a block. */
  private static List<String> documented() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = SQL.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    assertThat(blocks).as("blocks of SQL in " + PAGE).hasSize(2);
    return blocks;
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private JobStore open(String role, boolean migrate, String env) {
    String mine = url.replaceFirst("//[^@]*@", "//" + role + ":SECRET@");
    return new PostgresStoreProvider()
        .open(mine, new StoreOptions(Path.of(""), migrate, Duration.ofSeconds(20), env, Map.of()));
  }

  @Test
  void whoOwnsTheSchemaMakesTheTables() {
    try (JobStore store = open(owner, true, "test")) {
      assertThat(store.report().schemaVersion()).isEqualTo(Schema.latest());
    }
  }

  @Test
  void withoutRightsTheErrorSaysWhereTheyAreListed() {
    open(owner, true, "test").close();
    assertThatThrownBy(() -> open(app, false, "test"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("docs/postgresql.md");
  }

  @Test
  void applicationsAndNodesDoEverythingWithTheRestOfIt() throws SQLException, IOException {
    open(owner, true, "test").close();
    run(
        documented()
            .getLast()
            .replace("jobs.", schema + ".")
            .replace("schema jobs", "schema " + schema)
            .replace("to app", "to " + app));
    try (JobStore store = open(app, true, "test")) {
      doEverything(store);
      assertThat(store.report().env()).isEqualTo("test");
    }
  }

  private static void doEverything(JobStore store) {
    Worker worker = new Worker(store);
    store.push(List.of(Worker.job(0, "order-1"), Worker.job(0, "order-2")));
    List<UUID> ids = worker.push(6L);
    List<Lease> leases = worker.lease(8);
    assertThat(leases).hasSize(8);
    assertThat(worker.done(leases.subList(0, 2))).isZero();
    assertThat(worker.settle(leases.subList(2, 3), new Settlement.Stay())).isZero();
    assertThat(worker.settle(leases.subList(3, 4), new Settlement.Return(Duration.ofDays(1))))
        .isZero();
    assertThat(worker.settle(leases.subList(4, 6), new Settlement.End(JobState.FAILED))).isZero();
    assertThat(store.push(List.of(Worker.job(0, null)), leases.get(6).key())).hasSize(1);
    store.cancel(List.of(leases.get(3).key().id(), leases.get(6).key().id()));
    assertThat(store.cancelRequested(worker.session)).hasSize(1);
    assertThat(store.held(worker.session)).hasSize(3);
    assertThat(store.beat(worker.session)).isTrue();
    assertThat(store.backlog(Worker.QUEUE, 10)).isEqualTo(1);
    assertThat(store.retry(JobFilter.ids(Set.of(leases.get(4).key().id())), 10)).isEqualTo(1);
    assertThat(store.forget(JobFilter.ids(Set.of(leases.get(5).key().id())), 10)).isEqualTo(1);
    store.pause(Worker.QUEUE, true);
    store.pause(Worker.QUEUE, false);
    assertThat(store.queues()).hasSize(1);
    assertThat(store.nodes()).hasSize(1);
    assertThat(store.list(JobFilter.of(Worker.QUEUE), null, 10).jobs()).isNotEmpty();
    Set<Integer> heard = ConcurrentHashMap.newKeySet();
    store.hear("crew", signal -> heard.add(signal.body().length));
    store.signal(List.of(new Signal("crew", new byte[10]), new Signal("crew", new byte[50_000])));
    await().atMost(Duration.ofMinutes(1)).until(() -> heard.containsAll(Set.of(10, 50_000)));
    store.leave(worker.session);
    assertThat(store.orphans(Duration.ofSeconds(15), 10)).hasSize(3);
    store.purge(10);
    List<JobView> views = store.find(ids);
    assertThat(store.adopt(views.stream().filter(job -> job.state() == JobState.READY).toList()))
        .as("new")
        .isZero();
    assertThat(store.report().findings()).noneMatch(finding -> finding.problem());
  }
}
