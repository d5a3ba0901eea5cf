package io.jobyard.bench;

import io.jobyard.bench.Ground.Place;
import io.jobyard.store.JobStore;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A node's HTTP: pushes, one by one over fifty connections and in batches over four; what two
 * hundred who follow the live events cost its drain; and the slowest of the dashboard's pages, and
 * of the API's lists, where ten times as many jobs wait as have failed. Pushes go to a queue that
 * nobody serves, so that only they are measured.
 */
final class HttpMeasure {
  private static final String PUSHED = "bench-http";
  private static final int CONNECTIONS = 50;
  private static final int BATCHING = 4;
  private static final int FOLLOWERS = 200;
  private static final int LOOKS = 5;
  private static final double MILLIS = 1_000;

  private static final List<String> PAGES =
      List.of(
          "/",
          "/jobs",
          "/jobs?state=FAILED",
          "/jobs?state=READY&queue=" + PUSHED,
          "/queues/" + PUSHED,
          "/failures",
          "/workers",
          "/charts");

  /** Of the API; queues are counted at that moment, job by job. */
  private static final List<String> LISTS =
      List.of("/api/v1/queues", "/api/v1/jobs?state=FAILED&limit=100");

  private final Ground ground;
  private final int jobs;
  private final Figures figures;
  private final BenchProgress progress;

  HttpMeasure(Ground ground, int jobs, Figures figures, BenchProgress progress) {
    this.ground = ground;
    this.jobs = jobs;
    this.figures = figures;
    this.progress = progress;
  }

  void rounds(int rounds) throws IOException, InterruptedException {
    Place place = ground.place();
    BenchNode node =
        BenchNode.startAnswering(place, List.of(DrainMeasure.QUEUE), DrainMeasure.PROCESSES);
    try (DrainMeasure drains = new DrainMeasure(place, node)) {
      URI address = node.address();
      singles(address, rounds);
      batches(address, rounds);
      drains(address, drains, rounds);
      pages(drains.store(), address, rounds);
    }
  }

  private void singles(URI address, int rounds) throws InterruptedException {
    progress.begins("HTTP: single pushes");
    pushes(address, CONNECTIONS, single(), jobs); // as long as its JVM still compiles
    for (int round = 0; round < rounds; round++) {
      figures.add(Figure.HTTP_PUSH, pushes(address, CONNECTIONS, single(), jobs / 2));
    }
  }

  private void batches(URI address, int rounds) throws InterruptedException {
    progress.begins("HTTP: batches");
    pushes(address, BATCHING, batch(), jobs / Batches.SIZE);
    for (int round = 0; round < rounds; round++) {
      double batches = pushes(address, BATCHING, batch(), jobs / Batches.SIZE);
      figures.add(Figure.HTTP_BATCHES, Batches.SIZE * batches);
    }
  }

  private void drains(URI address, DrainMeasure drains, int rounds)
      throws IOException, InterruptedException {
    progress.begins("HTTP: drains");
    drains.drain(jobs);
    watched(address, drains);
    for (int round = 0; round < rounds; round++) {
      double alone = drains.drain(jobs).rate();
      double watched = watched(address, drains);
      figures.add(Figure.DRAIN_ALONE, alone);
      figures.add(Figure.DRAIN_WATCHED, watched);
      figures.add(Figure.WATCHED_SHARE, 100 * watched / alone);
    }
  }

  private static byte[] single() {
    return Connection.request("POST", "/api/v1/jobs", job());
  }

  private static byte[] batch() {
    String all = String.join(",", Collections.nCopies(Batches.SIZE, job()));
    return Connection.request("POST", "/api/v1/jobs/batch", "{\"jobs\":[" + all + "]}");
  }

  private static String job() {
    return "{\"kind\":\"%s\",\"queue\":\"%s\",\"payload\":{\"text\":\"%s\"}}"
        .formatted(NoOp.class.getName(), PUSHED, NoOp.filled().text());
  }

  /** Requests a second. */
  private static double pushes(URI address, int connections, byte[] request, int requests)
      throws InterruptedException {
    int each = Math.max(1, requests / connections);
    Stopwatch watch = Stopwatch.start();
    together(
        connections,
        () -> {
          try (Connection connection = new Connection(address)) {
            for (int i = 0; i < each; i++) {
              connection.ask(request);
            }
          }
          return null;
        });
    return watch.rate(each * connections);
  }

  private static void together(int times, Callable<Void> work) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(times)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        all.add(threads.submit(work));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request of the benchmark failed", e.getCause());
    }
  }

  private double watched(URI address, DrainMeasure drains)
      throws IOException, InterruptedException {
    byte[] request = Connection.request("GET", "/api/v1/events", "");
    List<Connection> connections = new ArrayList<>();
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < FOLLOWERS; i++) {
          Connection connection = new Connection(address);
          connections.add(connection);
          var unused =
              followers.submit(() -> {
                connection.follow(request);
                return null;
              });
        }
        return drains.drain(jobs).rate();
      } finally {
        for (Connection connection : connections) {
          connection.close();
        }
      }
    }
  }

  private void pages(JobStore store, URI address, int rounds) throws IOException {
    progress.begins("HTTP: a million jobs for the pages");
    new History(store, PUSHED + "-failed").fail(jobs);
    new History(store, PUSHED).push(History.TO_ONE * jobs);
    progress.begins("HTTP: pages");
    try (Connection connection = new Connection(address)) {
      slowest(connection, PAGES);
      slowest(connection, LISTS);
      for (int round = 0; round < rounds; round++) {
        figures.add(Figure.SLOWEST_PAGE, slowest(connection, PAGES));
        figures.add(Figure.SLOWEST_LIST, slowest(connection, LISTS));
      }
    }
  }

  private static double slowest(Connection connection, List<String> all) {
    return all.stream().mapToDouble(one -> slowest(connection, one)).max().orElseThrow();
  }

  /** Milliseconds; the slowest of some looks. */
  private static double slowest(Connection connection, String page) {
    byte[] request = Connection.request("GET", page, "");
    double slowest = 0;
    try {
      for (int i = 0; i < LOOKS; i++) {
        Stopwatch watch = Stopwatch.start();
        connection.ask(request);
        slowest = Math.max(slowest, watch.seconds() * MILLIS);
      }
    } catch (IOException e) {
      throw new IllegalStateException("page " + page + " did not come", e);
    }
    return slowest;
  }
}
