package io.jobyard.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One peer in a process of its own. A line on standard input asks ({@code about}, {@code push-one
 * N}, {@code push-all N}, {@code push-later N}, {@code drain N}, {@code latency N}), one line of
 * JSON on standard output answers; the end of the input ends it. {@code peers.mjs} speaks the same.
 */
final class PeerMain {
  private static final int DIGITS = 3;
  private static final double MS = 1e6;
  private static final int LEAST_PAUSE = 10;
  private static final int MOST_PAUSE = 40;

  private final Peer peer;

  private PeerMain(Peer peer) {
    this.peer = peer;
  }

  /** Takes the peer's name, the server's URL and a folder. */
  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // What libraries print must not look like an answer.
    try (Peer peer = open(args[0], args[1], Path.of(args[2]))) {
      PeerMain main = new PeerMain(peer);
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        answers.println(main.answer(line.split(" ", -1)));
        answers.flush();
      }
    }
    System.exit(0); // Some leave threads behind that are no daemons.
  }

  private static Peer open(String name, String url, Path folder) throws Exception {
    return switch (name) {
      case "jobyard" -> new JobyardPeer(url, folder);
      case "jobrunr" -> new JobRunrPeer(url);
      case "db-scheduler" -> new DbSchedulerPeer(url);
      case "quartz" -> new QuartzPeer(url);
      case "redisson" -> new RedissonPeer(url);
      default -> throw new IOException("no peer is called " + name);
    };
  }

  private String answer(String[] words) throws Exception {
    int count = words.length > 1 ? Integer.parseInt(words[1]) : 0;
    return switch (words[0]) {
      case "about" -> {
        Peer.About about = peer.about();
        yield JsonNodeFactory.instance
            .objectNode()
            .put("name", about.name())
            .put("version", about.version())
            .put("settings", about.settings())
            .toString();
      }
      case "push-one" -> timed(() -> peer.pushOne(count));
      case "push-all" -> timed(() -> peer.pushAll(count));
      case "push-later" -> timed(() -> peer.pushLater(count));
      case "drain" -> nanos(peer.drain(count));
      case "latency" -> latency(count);
      default -> throw new IOException("unknown: " + String.join(" ", words));
    };
  }

  private String latency(int count) throws Exception {
    Histogram times = new Histogram(DIGITS);
    peer.start();
    for (int i = 0; i < count; i++) {
      // At no fixed distance, so that no poll interval is met or missed every time.
      Thread.sleep(ThreadLocalRandom.current().nextInt(LEAST_PAUSE, MOST_PAUSE));
      times.recordValue(peer.pushToStart().toNanos());
    }
    peer.stop();
    return JsonNodeFactory.instance
        .objectNode()
        .put("p50_ms", times.getValueAtPercentile(50) / MS)
        .put("p99_ms", times.getValueAtPercentile(99) / MS)
        .toString();
  }

  private static String timed(Step step) throws Exception {
    long start = System.nanoTime();
    step.run();
    return nanos(Duration.ofNanos(System.nanoTime() - start));
  }

  private static String nanos(Duration took) {
    return JsonNodeFactory.instance.objectNode().put("ns", took.toNanos()).toString();
  }

  private interface Step {
    void run() throws Exception;
  }
}
