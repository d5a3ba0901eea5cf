package io.jobyard.faktory;

import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.config.FaktoryConfig;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** A server on a free port and the store behind it. */
final class Listening implements AutoCloseable {
  static final Duration SILENCE = Duration.ofSeconds(60);

  final Config config;
  final JobStore store;
  final FaktoryServer server;

  Listening() {
    this("memory:" + UUID.randomUUID());
  }

  Listening(String url) {
    this(url, c -> c, faktory(null, false), usual());
  }

  Listening(
      String url,
      UnaryOperator<Configurer> change,
      FaktoryConfig faktory,
      FaktoryServer.Tolerance tolerance) {
    Config plain =
        change
            .apply(
                new Configurer()
                    .environment(Map.of())
                    .store(url)
                    .node("test")
                    .stopTimeout(Duration.ofMillis(500)))
            .build();
    this.config = with(plain, faktory);
    this.store = Stores.open(url, config.storeOptions());
    this.server = FaktoryServer.start(store, config, tolerance);
  }

  static FaktoryServer.Tolerance usual() {
    return tolerance(SILENCE);
  }

  static FaktoryServer.Tolerance tolerance(Duration silence) {
    return new FaktoryServer.Tolerance(Connection.Patience.USUAL, silence, Budget.ofThisProcess());
  }

  static FaktoryConfig faktory(@Nullable String password, boolean admin) {
    return new FaktoryConfig("127.0.0.1", 0, password, admin, null, null, 1000);
  }

  static FaktoryConfig tls(Path certificate, Path key) {
    return new FaktoryConfig("127.0.0.1", 0, null, false, certificate, key, 1000);
  }

  private static Config with(Config plain, FaktoryConfig faktory) {
    return new Config(
        plain.base(),
        plain.node(),
        plain.store(),
        plain.env(),
        plain.classpath(),
        plain.onStart(),
        plain.watch(),
        plain.aot(),
        plain.runDir(),
        plain.log(),
        plain.lease(),
        plain.stopTimeout(),
        plain.pushTimeout(),
        plain.pushBuffer(),
        plain.migrate(),
        plain.tables(),
        plain.shippingKey(),
        plain.queues(),
        plain.http(),
        plain.statsTtl(),
        faktory);
  }

  int port() {
    return server.port();
  }

  List<JobView> jobs(String queue, JobState... states) {
    return store.list(JobFilter.of(queue, states), null, 10_000).jobs();
  }

  QueueStatus status(String queue) {
    return store.queues().stream()
        .filter(status -> status.queue().equals(queue))
        .findFirst()
        .orElseThrow();
  }

  static ConditionFactory waiting(String what) {
    return await(what).atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
