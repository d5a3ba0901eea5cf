package io.jobyard.node.process;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.node.generation.Generation;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** What a queue's workers of one generation are told, and how they are started. */
record Team(Generation generation, Orders orders, LaunchPlan plan) {
  static Team of(Crewing.Setup setup, Generation generation) {
    Config config = setup.config();
    QueueConfig queue = setup.queue();
    var settings =
        new WorkerSettings(
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
            config.shippingKey());
    var plan =
        new LaunchPlan(
            Path.of(System.getProperty("java.home")),
            queue.memory(),
            queue.threads(),
            generation.classPath(),
            generation.cache(),
            config.base().toAbsolutePath(),
            setup.dir());
    return new Team(generation, new Orders(settings, setup.leases(), setup.live()), plan);
  }
}
