package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.node.generation.Generation;
import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
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
    QueueConfig queue = setup.queue();
    Path heapDump = queue.staffing().heapDump();
    var plan =
        new LaunchPlan(
            Path.of(System.getProperty("java.home")),
            queue.memory(),
            queue.threads(),
            generation.classPath(),
            generation.cache(),
            config.base().toAbsolutePath(),
            setup.dir(),
            heapDump == null ? null : heapDump.resolve(queue.name()));
    // Of one that takes its own jobs, the leases are told by its claim.
    Orders grabbing =
        queue.grabs()
            ? new Orders(settings(setup, generation, own(config, queue)), () -> 0, setup.live())
            : null;
    return new Team(
        generation,
        new Orders(settings(setup, generation, null), setup.leases(), setup.live()),
        grabbing,
        plan);
  }

  /** What a worker at this place is told. Suspects are always handed over. */
  Orders orders(Place place) {
    return grabbing == null || place.isolated() ? handed : grabbing;
  }

  private static OwnStore own(Config config, QueueConfig queue) {
    StoreOptions options = config.storeOptions();
    var plain =
        new StoreOptions(
            options.base(), false, options.pushTimeout(), options.env(), options.shards());
    return new OwnStore(config.store(), plain, config.lease(), config.statsTtl(), queue);
  }

  private static WorkerSettings settings(
      Crewing.Setup setup, Generation generation, @Nullable OwnStore own) {
    Config config = setup.config();
    QueueConfig queue = setup.queue();
    return new WorkerSettings(
        config.node(),
        queue.name(),
        generation.number(),
        queue.threads(),
        queue.killGrace(),
        Stream.of(config.onStart(), queue.onStart()).filter(Objects::nonNull).toList(),
        queue.onFailure(),
        generation.kindsFile().toString(),
        queue.commands(),
        config.runDir().resolve("tables").toString(),
        config.shippingKey(),
        own,
        queue.delivery());
  }
}
