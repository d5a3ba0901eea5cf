package io.jobyard.bench.peers;

import io.jobyard.JobyardException;
import io.jobyard.bench.peers.Row.Figure;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.RedisServers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Measures the peers one after the other, round by round, and prints a table in Markdown. */
@Command(
    name = "bench-peers",
    mixinStandardHelpOptions = true,
    description = "Jobyard beside other job systems, on the same server in the same run.",
    sortOptions = false)
final class PeersMain implements Callable<Integer> {
  private static final int WARM_UP = 4;

  @Option(names = "--on", description = "postgresql or redis. Default: ${DEFAULT-VALUE}")
  private String on = "postgresql";

  @Option(
      names = "--server",
      description =
          "A server of yours: jdbc:postgresql://host/db?user=U&password=P, or redis://host:port."
              + " Default: one is started.")
  private @Nullable String server;

  @Option(names = "--only", split = ",", description = "These peers. Default: all.")
  private List<String> only = List.of();

  @Option(names = "--rounds", description = "Default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(
      names = "--scale",
      description =
          "Share of the usual number of jobs, for a quick look. Default: ${DEFAULT-VALUE}")
  private double scale = 1;

  @Option(
      names = "--later",
      description =
          "Jobs that are not due, on PostgreSQL; 0 leaves it out. Default: ${DEFAULT-VALUE}")
  private int later = 1_000_000;

  @Option(names = "--node-home", description = "Where peers.mjs and its packages are.")
  private Path nodeHome = Path.of("jobyard-bench-peers/src/main/node");

  private final PrintStream out = System.out;
  private final List<Row> rows = new ArrayList<>();

  /**
   * Who is measured where.
   *
   * @param jobs in a round, so that each takes some seconds
   * @param starts whose latency is taken in a round
   */
  private record Entry(String peer, boolean node, String on, int jobs, int starts) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("jobyard", false, "postgresql", 200_000, 100),
          new Entry("graphile", true, "postgresql", 200_000, 100),
          new Entry("db-scheduler", false, "postgresql", 40_000, 100),
          new Entry("jobrunr", false, "postgresql", 20_000, 8),
          new Entry("quartz", false, "postgresql", 3_000, 50),
          new Entry("jobyard", false, "redis", 200_000, 100),
          new Entry("bullmq", true, "redis", 100_000, 100),
          new Entry("redisson", false, "redis", 30_000, 100));

  public static void main(String[] args) {
    System.exit(new CommandLine(new PeersMain()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("jobyard-peers-");
    String address = server != null ? server : startServer();
    for (Entry entry : ENTRIES) {
      if (entry.on.equals(on) && (only.isEmpty() || only.contains(entry.peer))) {
        System.err.println("measuring " + entry.peer + " …");
        try {
          measure(entry, address, folder.resolve(entry.peer));
        } catch (IOException | SQLException | JobyardException e) {
          // One that cannot be measured here is no reason to throw the others' figures away.
          System.err.println(entry.peer + " could not be measured: " + e.getMessage());
        }
      }
    }
    if (on.equals("postgresql")) {
      out.println(PostgresPlace.describe(address));
    }
    print();
    System.exit(0);
    return 0;
  }

  private void measure(Entry entry, String address, Path folder) throws SQLException, IOException {
    if (on.equals("postgresql")) {
      onPostgres(entry, address, folder);
    } else {
      onRedis(entry, address, folder);
    }
  }

  private String startServer() {
    return on.equals("postgresql")
        ? PostgresServer.shared().jdbcUrl()
        : RedisServers.url(RedisServers.startSingle());
  }

  private void onPostgres(Entry entry, String address, Path folder)
      throws SQLException, IOException {
    String database = "bench_" + entry.peer.replace('-', '_');
    try (PostgresPlace place = new PostgresPlace(address, database);
        PeerProcess peer = start(entry, place, folder)) {
      Row row = begin(peer);
      int jobs = jobs(entry);
      for (int round = 0; round < rounds; round++) {
        row.add(Figure.PUSH_ONE, peer.rate("push-one", few(jobs)));
        drain(peer, few(jobs));
        PostgresPlace.Counted before = place.count();
        row.add(Figure.PUSH_ALL, peer.rate("push-all", jobs));
        row.add(Figure.DRAIN, drain(peer, jobs));
        PostgresPlace.Counted counted = place.count().since(before);
        row.add(Figure.TRANSACTIONS, (double) counted.transactions() / jobs);
        row.add(Figure.WAL, (double) counted.walBytes() / jobs);
        latency(peer, row, entry.starts);
      }
      besideAnOpenTransaction(place, peer, row, jobs);
      if (later > 0) {
        int share = (int) Math.max(1, later * Math.min(1, scale));
        peer.rate("push-later", share);
        peer.rate("push-all", jobs);
        row.add(Figure.DRAIN_LATER, drain(peer, jobs));
      }
    }
  }

  /** Old rows cannot be cleared away meanwhile; counted is the last quarter. */
  private void besideAnOpenTransaction(PostgresPlace place, PeerProcess peer, Row row, int jobs)
      throws SQLException, IOException {
    try (Connection held = place.openTransaction()) {
      for (int quarter = 0; quarter < 3; quarter++) {
        peer.rate("push-all", jobs / WARM_UP);
        drain(peer, jobs / WARM_UP);
      }
      peer.rate("push-all", jobs / WARM_UP);
      row.add(Figure.DRAIN_OPEN, drain(peer, jobs / WARM_UP));
      held.rollback();
    }
  }

  private void onRedis(Entry entry, String address, Path folder) throws IOException {
    String url = entry.peer.equals("jobyard") ? address + "?prefix=bench-" + entry.peer : address;
    try (PeerProcess peer = start(entry, url, folder)) {
      Row row = begin(peer);
      int jobs = jobs(entry);
      for (int round = 0; round < rounds; round++) {
        row.add(Figure.PUSH_ONE, peer.rate("push-one", few(jobs)));
        drain(peer, few(jobs));
        row.add(Figure.PUSH_ALL, peer.rate("push-all", jobs));
        row.add(Figure.DRAIN, drain(peer, jobs));
        latency(peer, row, entry.starts);
      }
    }
  }

  private PeerProcess start(Entry entry, PostgresPlace place, Path folder) throws IOException {
    boolean plain = entry.node || entry.peer.equals("jobyard");
    return start(entry, plain ? place.plainUrl() : place.jdbcUrl(), folder);
  }

  private PeerProcess start(Entry entry, String url, Path folder) throws IOException {
    return entry.node
        ? PeerProcess.node(nodeHome, entry.peer, url, folder)
        : PeerProcess.java(entry.peer, url, folder);
  }

  /** A first round warms it up and is not counted. */
  private Row begin(PeerProcess peer) throws IOException {
    JsonNode about = peer.ask("about");
    Row row =
        new Row(
            new Peer.About(
                about.get("name").asString(),
                about.get("version").asString(),
                about.get("settings").asString()));
    rows.add(row);
    int jobs = 5_000;
    peer.rate("push-all", jobs);
    drain(peer, jobs);
    return row;
  }

  private static double drain(PeerProcess peer, int jobs) throws IOException {
    return peer.rate("drain", jobs);
  }

  private static void latency(PeerProcess peer, Row row, int starts) throws IOException {
    JsonNode times = peer.ask("latency " + starts);
    row.add(Figure.P50, times.get("p50_ms").asDouble());
    row.add(Figure.P99, times.get("p99_ms").asDouble());
  }

  private int jobs(Entry entry) {
    return (int) Math.max(400, entry.jobs * scale);
  }

  private static int few(int jobs) {
    return Math.max(100, jobs / 100);
  }

  private void print() {
    out.println("median (range) of " + rounds + " rounds, scale " + scale);
    out.println();
    StringBuilder head = new StringBuilder("| |");
    StringBuilder rule = new StringBuilder("| --- |");
    for (Row row : rows) {
      head.append(' ').append(row.about().name()).append(' ').append(row.about().version());
      head.append(" |");
      rule.append(" --- |");
    }
    out.println(head);
    out.println(rule);
    for (Figure figure : Figure.values()) {
      if (rows.stream().anyMatch(row -> row.has(figure))) {
        StringBuilder line = new StringBuilder("| " + figure.title() + " |");
        rows.forEach(row -> line.append(' ').append(row.cell(figure)).append(" |"));
        out.println(line);
      }
    }
    out.println();
    rows.forEach(row -> out.println("- " + row.about().name() + ": " + row.about().settings()));
  }
}
