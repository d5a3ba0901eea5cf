package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.store.QueueStatus;
import io.jobyard.testing.MariaServer;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.RedisServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The published client and worker for Node, as they are: jobs that work, that fail once or always
 * and that are scheduled come to the end they should, whichever store they are in, and also when
 * the worker is killed in the middle.
 */
class NodeTest {
  @TempDir Path dir;

  /** Where the jobs are. */
  enum Place {
    SQLITE,
    POSTGRESQL,
    MARIADB,
    REDIS;

    String url(Path dir) {
      return switch (this) {
        case SQLITE -> "sqlite:" + dir.resolve("jobs.db");
        case POSTGRESQL -> PostgresServer.shared().freshUrl();
        case MARIADB -> MariaServer.shared().newDatabase();
        case REDIS -> RedisServers.fresh(RedisServers.single());
      };
    }
  }

  private Listening server(String url) {
    return new Listening(
        url,
        c -> c.queue("node", q -> q.backoff(Backoff.fixed(Duration.ofMillis(100)))),
        Listening.faktory(null, false),
        Listening.tolerance(Duration.ofSeconds(3)));
  }

  @Test
  void hundredsOfJobsComeToTheirEnds() throws Exception {
    allJobsEnd("sqlite:" + dir.resolve("jobs.db"), 300, false);
  }

  @Test
  void aKilledWorkersJobsAreNotLost() throws Exception {
    allJobsEnd("sqlite:" + dir.resolve("jobs.db"), 300, true);
  }

  @Tag("soak")
  @ParameterizedTest
  @EnumSource
  void tenThousandJobsComeToTheirEnds(Place place) throws Exception {
    allJobsEnd(place.url(dir), 10_000, false);
  }

  @Tag("soak")
  @ParameterizedTest
  @EnumSource
  void noneOfTenThousandIsLostWithItsWorker(Place place) throws Exception {
    allJobsEnd(place.url(dir), 10_000, true);
  }

  private void allJobsEnd(String url, int count, boolean kill) throws Exception {
    Path ledger = dir.resolve("ledger");
    try (Listening server = server(url)) {
      String port = Integer.toString(server.port());
      Process worker = work(port, ledger);
      try {
        NodeProcesses.run(
            dir.resolve("pusher.log"), "pusher.js", port, "node", Integer.toString(count));
        if (kill) {
          Listening.waiting("a third").until(() -> lines(ledger).size() >= count / 3);
          worker.destroyForcibly().waitFor();
          worker = work(port, ledger);
        }
        awaitEnd(server, count);
      } finally {
        worker.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      QueueStatus status = server.status("node");
      assertThat(status.failed()).isEqualTo(count / 10);
      assertThat(status.succeeded()).isEqualTo(count - count / 10);
      audit(lines(ledger), count, kill ? 20 : 0);
    }
  }

  private Process work(String port, Path ledger) throws IOException, InterruptedException {
    return NodeProcesses.start(
        dir.resolve("worker.log"), "worker.js", port, "node", ledger.toString());
  }

  private void awaitEnd(Listening server, int count) {
    Listening.waiting("the end of all jobs")
        .atMost(Duration.ofSeconds(60 + count / 100))
        .until(() -> {
          QueueStatus status = server.status("node");
          return status.ready() + status.scheduled() + status.running() == 0;
        });
  }

  /** Every number but those of the hopeless is there, and hardly any twice. */
  private static void audit(List<String> lines, int count, int excused) {
    Map<Integer, Integer> times = new HashMap<>();
    for (String line : lines) {
      times.merge(Integer.parseInt(line.split(" ", -1)[2]), 1, Integer::sum);
    }
    long sum = times.keySet().stream().mapToLong(i -> i).sum();
    long all = 0;
    for (int i = 0; i < count; i++) {
      all += i % 10 == 1 ? 0 : i;
    }
    assertThat(sum).isEqualTo(all);
    assertThat(times).hasSize(count - count / 10);
    assertThat(times.values().stream().filter(n -> n > 1).count()).isLessThanOrEqualTo(excused);
  }

  private static List<String> lines(Path ledger) throws IOException {
    return Files.exists(ledger) ? Files.readAllLines(ledger) : List.of();
  }

  @Test
  void nodePushesAndJavaRuns() throws Exception {
    try (Listening server = server("sqlite:" + dir.resolve("jobs.db"));
        Jobyard yard = Jobyard.open(server.config);
        var node = yard.work("java")) {
      Greet.TIMES.set(0);
      NodeProcesses.run(
          dir.resolve("pusher.log"),
          "pusher.js",
          Integer.toString(server.port()),
          "java",
          "40",
          "greet");
      Listening.waiting("all forty").until(() -> server.status("java").succeeded() == 40);
      assertThat(Greet.TIMES.get()).isEqualTo(39 * 40 / 2);
      assertThat(node).isNotNull();
    }
  }

  @Test
  void javaPushesAndNodeRuns() throws Exception {
    Path ledger = dir.resolve("ledger");
    try (Listening server = server("sqlite:" + dir.resolve("jobs.db"));
        Jobyard yard = Jobyard.open(server.config)) {
      Process worker = work(Integer.toString(server.port()), ledger);
      try {
        for (int i = 0; i < 40; i++) {
          yard.push(new Greet("Ann", i), PushOptions.on("node"));
        }
        Listening.waiting("all forty").until(() -> server.status("node").succeeded() == 40);
      } finally {
        worker.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      assertThat(lines(ledger).stream().mapToInt(l -> Integer.parseInt(l.split(" ", -1)[2])).sum())
          .isEqualTo(39 * 40 / 2);
      assertThat(lines(ledger)).allMatch(line -> line.contains(" Ann "));
    }
  }
}
