package io.jobyard.run;

import io.jobyard.config.QueueConfig;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.JobStore;
import io.jobyard.table.Tables;
import io.jobyard.talk.Talk;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one queue inside the application's own process: for tests and small programs. Each
 * runs one job at a time, so that one that never ends can be left behind alone: a thread, unlike a
 * process, cannot be killed.
 */
final class LocalCrew implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCrew.class);

  private final Setup setup;
  private final Set<LocalWorker> workers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile boolean closed;

  /** What the workers need. */
  record Setup(
      String node,
      QueueConfig queue,
      Equipment equipment,
      JobStore store,
      Foreman foreman,
      Tables tables,
      Talk talk,
      @Nullable ShippingKey shippingKey,
      InstantSource clock) {}

  LocalCrew(Setup setup) {
    this.setup = setup;
  }

  /** Starts so many workers. */
  void start(int count) {
    for (int i = 0; i < count; i++) {
      hire();
    }
  }

  /** Runs that are still going on are left behind. */
  @Override
  public void close() {
    closed = true;
    workers.forEach(LocalWorker::close);
  }

  private Crew dispatcher() {
    return setup.foreman.dispatcher(setup.queue.name());
  }

  private void hire() {
    LocalWorker worker = new LocalWorker(numbers.incrementAndGet());
    workers.add(worker);
    dispatcher().ready(worker);
  }

  private final class LocalWorker implements Worker, AutoCloseable {
    private final int number;
    private final RunBoard board = RunBoard.local();
    private final ChildPushes pushes;
    private final JobRunner runner;

    LocalWorker(int number) {
      this.number = number;
      Uplink uplink = new StoreUplink(setup.store, setup.tables, setup.talk, new Runs());
      this.pushes = new ChildPushes(uplink, setup.shippingKey);
      Equipment equipment = setup.equipment;
      this.runner =
          new JobRunner(
              new JobRunner.Setup(
                  setup.node,
                  setup.queue.name(),
                  1,
                  setup.queue.killGrace(),
                  equipment.kinds(),
                  equipment.services(),
                  equipment.onFailure(),
                  uplink,
                  pushes,
                  board,
                  run -> dispatcher().done(this, List.of(run)),
                  setup.clock));
    }

    private final class Runs implements StoreUplink.Runs {
      @Override
      public void waiting(int ticket, boolean waits) {
        dispatcher().waiting(LocalWorker.this, ticket, waits);
      }

      @Override
      public boolean hold(int ticket) {
        return setup.foreman.leasesUntil() - System.nanoTime() > 0
            && dispatcher().has(LocalWorker.this, ticket);
      }
    }

    @Override
    public String name() {
      return setup.queue.name() + "-" + number;
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public RunBoard board() {
      return board;
    }

    @Override
    public void run(List<Assignment> batch) {
      runner.run(batch);
    }

    @Override
    public void cancel(int ticket) {
      runner.cancel(ticket);
    }

    @Override
    public void kill(String why) {
      LOG.warn(
          "worker {}: {}; a thread cannot be killed, so it is left behind and goes on by itself",
          name(),
          why);
      retire();
    }

    @Override
    public void retire() {
      close();
      workers.remove(this);
      // Not from within the dispatcher's own call.
      Thread.ofVirtual()
          .start(() -> {
            dispatcher().gone(this, null);
            if (!closed) {
              hire();
            }
          });
    }

    @Override
    public void close() {
      runner.close();
      pushes.close();
    }
  }
}
