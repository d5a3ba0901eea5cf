package io.jobyard.run;

import io.jobyard.JobyardException;
import io.jobyard.codec.KindIndex;
import io.jobyard.codec.KindScan;
import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.store.Environment;
import io.jobyard.store.JobStore;
import io.jobyard.table.Tables;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Seat;
import io.jobyard.talk.Talk;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node inside the application: the same dispatchers, runners and settler as a node with worker
 * processes, on threads of this JVM. For tests and small programs: a job that never ends cannot be
 * killed here, and one that exhausts the memory exhausts the application's.
 *
 * <p>Started when made. {@link #close} lets running jobs finish within {@code stop-timeout}; twice
 * is harmless.
 */
public final class LocalNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

  private final Config config;
  private final Foreman foreman;
  private final List<LocalCrew> crews = new ArrayList<>();
  private final Tables tables;
  private final Talk talk;
  private final Ears ears;

  /**
   * @param queues those to serve
   * @throws JobyardException if the jobs' classes or the queues' hooks cannot be set up
   */
  public static LocalNode start(JobStore store, Config config, Set<String> queues) {
    store.requireRuns();
    Environment.requireOfNode(config.env(), store);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = context != null ? context : LocalNode.class.getClassLoader();
    KindIndex index = KindScan.of(loader);
    Map<String, Equipment> equipment = new HashMap<>();
    for (String queue : queues) {
      equipment.put(queue, Equipment.of(config, config.queue(queue), index, loader));
    }
    return new LocalNode(store, config, queues, equipment);
  }

  private LocalNode(
      JobStore store, Config config, Set<String> queues, Map<String, Equipment> equipment) {
    this.config = config;
    Equipment any = equipment.values().iterator().next();
    InstantSource clock = InstantSource.system();
    this.foreman =
        new Foreman(
            store,
            config,
            queues.stream().map(config::queue).map(Pool::of).toList(),
            false,
            any::settings,
            clock,
            until -> LOG.trace("leases hold until {}", until));
    this.tables = Tables.temporary(config.tables());
    this.talk = new Talk("node " + config.node(), store);
    this.ears = new Ears(talk::hearSoon);
    talk.announce();
    equipment.forEach((name, own) -> ears.inbox(seat(name), own.services().listeners()));
    foreman.start();
    equipment.forEach((name, own) -> {
      QueueConfig queue = config.queue(name);
      LocalCrew crew =
          new LocalCrew(
              new LocalCrew.Setup(
                  config.node(),
                  queue,
                  own,
                  store,
                  foreman,
                  tables,
                  talk,
                  config.shippingKey(),
                  clock));
      crews.add(crew);
      crew.start(queue.processes() * queue.threads());
    });
  }

  private Seat seat(String queue) {
    return Seat.here(config.node(), Seat.EVERY_SLOT, List.of(queue));
  }

  @Override
  public void close() {
    Duration patience = config.stopTimeout();
    try {
      if (!foreman.drain(patience)) {
        LOG.warn(
            "some jobs still run after {}; their leases end and they will run again", patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    foreman.close();
    crews.forEach(LocalCrew::close);
    talk.close();
    ears.close();
    tables.remove();
  }
}
