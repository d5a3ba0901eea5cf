package io.jobyard.scenarios;

import io.jobyard.testing.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Kills managers and workers at random, and remembers each death. For one thread. */
final class Harm {
  private final Random random;
  private final List<ChaosNode> nodes;
  private final List<Death> deaths = new ArrayList<>();

  Harm(Random random, List<ChaosNode> nodes) {
    this.random = random;
    this.nodes = List.copyOf(nodes);
  }

  List<Death> deaths() {
    return List.copyOf(deaths);
  }

  /** Somebody dies at every beat of this time; a manager is started again. */
  void play(Duration time, Duration beat) throws InterruptedException {
    repeat(this::killSomebody, time, beat);
  }

  /** Does that at every beat of this time, and lets the last one end. */
  static void repeat(Runnable step, Duration time, Duration beat) throws InterruptedException {
    try (ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
      var steps = pace.scheduleAtFixedRate(step, 0, beat.toMillis(), TimeUnit.MILLISECONDS);
      pace.schedule(() -> steps.cancel(false), time.toMillis(), TimeUnit.MILLISECONDS).get();
      if (steps.state() == Future.State.FAILED) {
        throw new AssertionError("a step failed", steps.exceptionNow());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("the end could not be arranged", e);
    }
  }

  private void killSomebody() {
    ChaosNode node = nodes.get(random.nextInt(nodes.size()));
    if (random.nextInt(4) == 0) {
      killManager(node);
    } else {
      killWorker(node);
    }
  }

  /** {@code kill -9} to a manager, which is started again. */
  void killManager(ChaosNode node) {
    deaths.add(node.kill());
    try {
      node.restart();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code kill -9} to one of a node's workers, if it has some. */
  void killWorker(ChaosNode node) {
    List<ProcessHandle> workers = node.workers();
    if (!workers.isEmpty()) {
      deaths.add(ChaosNode.killWorker(workers.get(random.nextInt(workers.size()))));
    }
  }

  /**
   * Freezes a manager; the others take its silence for its death once the lease is over. It goes on
   * with {@link Signal#CONT}. Not while it holds SQLite's lock: that holds up everybody.
   */
  void freeze(Scene scene, ChaosNode node, Duration lease) {
    long from = System.nanoTime();
    Signal.freeze(node.pid());
    while (WriteLock.holder(scene).equals(OptionalLong.of(node.pid()))) {
      Signal.CONT.send(node.pid());
      Signal.freeze(node.pid());
    }
    deaths.add(
        new Death(Death.Whose.MANAGER, node.pid(), from, System.nanoTime() + lease.toNanos()));
  }
}
