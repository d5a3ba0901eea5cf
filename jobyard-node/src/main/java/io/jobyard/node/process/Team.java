package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.node.generation.Generation;
import io.jobyard.store.StoreOptions;
import io.jobyard.talk.Seat;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a queue's workers of one generation are told, and how they are started.
 *
 * @param handed for workers that are handed their jobs
 * @param grabbing for workers that take them from the store; null where none do
 */
record Team(Generation generation, Orders handed, @Nullable Orders grabbing, LaunchPlan plan) {
  static Team of(Crewing.Setup setup, Generation generation) {
    Config config = setup.config();
    Pool pool = setup.pool();
    Path heapDump = pool.staffing().heapDump();
    var plan =
        new LaunchPlan(
            Path.of(System.getProperty("java.home")),
            pool.memory(),
            pool.threads(),
            generation.footing(pool.staffing().mode()),
            config.base().toAbsolutePath(),
            setup.dir(),
            heapDump == null ? null : heapDump.resolve(pool.name()));
    // Of one that takes its own jobs, the leases are told by its claim.
    Orders grabbing =
        pool.grabs()
            ? new Orders(settings(setup, generation, own(config, pool)), () -> 0, setup.live())
            : null;
    return new Team(
        generation,
        new Orders(settings(setup, generation, null), setup.leases(), setup.live()),
        grabbing,
        plan);
  }

  /** What a worker at this place is told. Suspects are always handed over. */
  Orders orders(Place place) {
    return (grabbing == null || place.isolated() ? handed : grabbing).at(place);
  }

  static OwnStore own(Config config, Pool pool) {
    StoreOptions options = config.storeOptions();
    var plain =
        new StoreOptions(
            options.base(), false, options.pushTimeout(), options.env(), options.shards());
    return new OwnStore(config.store(), plain, config.lease(), config.statsTtl(), pool);
  }

  private static WorkerSettings settings(
      Crewing.Setup setup, Generation generation, @Nullable OwnStore own) {
    Config config = setup.config();
    Pool pool = setup.pool();
    Set<String> onStart = new LinkedHashSet<>();
    addIfSaid(onStart, config.onStart());
    pool.queues().forEach(queue -> addIfSaid(onStart, queue.onStart()));
    return new WorkerSettings(
        config.node(),
        pool.name(),
        Seat.NO_SLOT,
        generation.number(),
        pool.threads(),
        pool.killGrace(),
        List.copyOf(onStart),
        pool.queues().stream()
            .map(queue ->
                new WorkerSettings.Member(queue.name(), queue.onFailure(), queue.commands()))
            .toList(),
        generation.kindsFile().toString(),
        config.runDir().resolve("tables").toString(),
        config.shippingKey(),
        own,
        pool.delivery());
  }

  private static void addIfSaid(Set<String> classes, @Nullable String name) {
    if (name != null) {
      classes.add(name);
    }
  }
}
