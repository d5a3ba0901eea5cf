package io.jobyard.config;

import io.jobyard.config.Config.LogConfig;
import io.jobyard.store.Order;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A configuration in the making: defaults, then file, then environment, then code. One thread. */
final class Draft {
  final Settings top = new Settings();
  final Settings log = new Settings();
  final Settings http = new Settings();
  final List<TableConfig> tables = new ArrayList<>();
  private final Map<String, Settings> queues = new LinkedHashMap<>();
  private final Map<String, Settings> deliveries = new HashMap<>();
  private @Nullable Settings faktory;

  Draft() {
    queue("default");
  }

  /** The settings of a queue, which this node serves from now on. */
  Settings queue(String name) {
    return queues.computeIfAbsent(name, n -> new Settings());
  }

  /** The settings of the listener for the Faktory protocol, which is wanted from now on. */
  Settings faktory() {
    Settings own = faktory == null ? new Settings() : faktory;
    faktory = own;
    return own;
  }

  /** Where a queue's jobs are sent, which they are from now on. */
  Settings delivery(String queue) {
    return deliveries.computeIfAbsent(queue, n -> new Settings());
  }

  /** The finished configuration; relative paths start from the base. */
  Config seal(Path base) {
    Path root = base.toAbsolutePath().normalize();
    String node = top.find(Keys.NODE);
    List<String> classpath = top.find(Keys.CLASSPATH);
    List<TableConfig> configured = top.find(Keys.TABLES);
    List<TableConfig> all = new ArrayList<>(configured == null ? List.of() : configured);
    all.addAll(tables);
    Optional<ShippingKey> shipped = top.find(Keys.SHIPPED_CODE);
    Map<String, QueueConfig> sealed = new LinkedHashMap<>();
    queues.forEach(
        (name, settings) -> sealed.put(name, queue(name, settings, deliveries.get(name), root)));
    return new Config(
        root,
        node == null ? HostName.get() : node,
        top.get(Keys.STORE),
        top.find(Keys.ENV),
        classpath == null ? List.of() : classpath,
        top.find(Keys.ON_START),
        top.get(Keys.WATCH),
        top.get(Keys.AOT),
        root.resolve(top.get(Keys.RUN_DIR)),
        new LogConfig(root.resolve(log.get(Keys.LOG_DIR)), log.get(Keys.LOG_LEVEL)),
        top.get(Keys.LEASE),
        top.get(Keys.STOP_TIMEOUT),
        top.get(Keys.PUSH_TIMEOUT),
        top.get(Keys.PUSH_BUFFER),
        top.get(Keys.MIGRATE).equals("auto"),
        all,
        shipped == null ? null : shipped.orElse(null),
        sealed,
        http(root),
        top.get(Keys.STATS_TTL),
        faktory == null ? null : faktory(root, faktory));
  }

  private HttpConfig http(Path root) {
    List<Login> auth = http.find(Keys.HTTP_AUTH);
    Tls tls = http.find(Keys.HTTP_TLS);
    List<String> hosts = http.find(Keys.HTTP_HOSTS);
    return new HttpConfig(
        http.find(Keys.HTTP_PORT),
        http.get(Keys.HTTP_HOST),
        auth == null ? List.of() : auth,
        tls == null ? null : tls.below(root),
        hosts == null ? List.of() : hosts,
        http.get(Keys.HTTP_MASK),
        http.get(Keys.HTTP_MAX_BODY),
        http.get(Keys.HTTP_MAX_CONNECTIONS));
  }

  private static FaktoryConfig faktory(Path root, Settings settings) {
    String certificate = settings.find(Keys.FAKTORY_CERTIFICATE);
    String key = settings.find(Keys.FAKTORY_KEY);
    return new FaktoryConfig(
        settings.get(Keys.FAKTORY_HOST),
        settings.get(Keys.FAKTORY_PORT),
        settings.find(Keys.FAKTORY_PASSWORD),
        settings.get(Keys.FAKTORY_ADMIN),
        certificate == null ? null : root.resolve(certificate),
        key == null ? null : root.resolve(key),
        settings.get(Keys.FAKTORY_CONNECTIONS));
  }

  private static Commands commands(Settings settings) {
    List<Commands.Allowed> allowed = settings.find(QueueKeys.COMMANDS);
    return new Commands(
        allowed == null ? List.of() : allowed,
        settings.get(QueueKeys.SHELL),
        settings.find(QueueKeys.RUN_AS),
        settings.find(QueueKeys.COMMAND_ENV));
  }

  private static Staffing staffing(Settings settings, Path root) {
    Processes processes = settings.get(QueueKeys.PROCESSES);
    Long rss = settings.find(QueueKeys.RSS);
    String heapDump = settings.find(QueueKeys.HEAP_DUMP);
    return new Staffing(
        Mode.valueOf(settings.get(QueueKeys.MODE).toUpperCase(Locale.ROOT)),
        settings.find(QueueKeys.POOL),
        processes.scale() ? processes.least() : null,
        settings.get(QueueKeys.MAX_JOBS),
        settings.get(QueueKeys.MAX_AGE),
        rss == null ? 0 : rss,
        heapDump == null ? null : root.resolve(heapDump));
  }

  /** One queue's settings, defaults where nothing was set. */
  static QueueConfig queue(String name, Settings settings, @Nullable Settings delivery, Path root) {
    return new QueueConfig(
        name,
        settings.get(QueueKeys.PROCESSES).most(),
        settings.get(QueueKeys.THREADS),
        settings.get(QueueKeys.MEMORY),
        settings.get(QueueKeys.TIMEOUT),
        settings.get(QueueKeys.RETRIES),
        settings.get(QueueKeys.BACKOFF),
        settings.get(QueueKeys.RETRY_TIMEOUTS),
        settings.get(QueueKeys.POLL),
        settings.get(QueueKeys.LIMIT),
        Order.valueOf(settings.get(QueueKeys.ORDER).toUpperCase(Locale.ROOT)),
        settings.get(QueueKeys.SHARDS),
        settings.get(QueueKeys.MAX_CRASHES),
        settings.get(QueueKeys.MAX_LOST),
        settings.get(QueueKeys.RESULT_TTL),
        settings.get(QueueKeys.KEEP_SUCCEEDED),
        settings.get(QueueKeys.KILL_GRACE),
        settings.find(QueueKeys.QUEUE_ON_START),
        settings.find(QueueKeys.ON_FAILURE),
        commands(settings),
        staffing(settings, root),
        delivery == null ? null : Delivery.of("queues." + name + ".deliver.", delivery));
  }
}
