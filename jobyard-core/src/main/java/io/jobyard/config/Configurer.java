package io.jobyard.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A configuration in code, which wins over the environment and over a file given with {@link
 * #from}. {@link #build} reports all that is wrong; it may be called more than once. For one
 * thread.
 */
public final class Configurer {
  private final List<Consumer<Draft>> code = new ArrayList<>();
  private final Problems refused = new Problems();
  private Map<String, String> environment = System.getenv();
  private @Nullable Path source;
  private @Nullable Path base;

  /** Starts from a jobyard.yaml, or from the one of a folder where it has one. */
  public Configurer from(Path folderOrFile) {
    source = folderOrFile;
    return this;
  }

  /** Relative paths start here rather than from the file's folder or the working directory. */
  public Configurer base(Path folder) {
    base = folder;
    return this;
  }

  /** Uses these variables rather than the process's own. */
  public Configurer environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  public Configurer node(String name) {
    return top(Keys.NODE, name);
  }

  public Configurer store(String url) {
    return top(Keys.STORE, url);
  }

  /** The environment this process belongs to; a store refuses any but the first it was given. */
  public Configurer env(String name) {
    return top(Keys.ENV, name);
  }

  public Configurer classpath(String... entries) {
    return top(Keys.CLASSPATH, List.of(entries));
  }

  public Configurer onStart(String className) {
    return top(Keys.ON_START, className);
  }

  /** Whether a change under the class path makes the workers change to the new code. */
  public Configurer watch(boolean on) {
    return top(Keys.WATCH, on);
  }

  /** Whether workers start from a cache of linked classes, where the Java can. */
  public Configurer aot(boolean on) {
    return top(Keys.AOT, on);
  }

  /** Lets jobs bring their code, signed with this key of at least 16 characters. */
  public Configurer shippedCode(String key) {
    return top(Keys.SHIPPED_CODE, Optional.of(new ShippingKey(key)));
  }

  /** A table in memory that all worker processes of this node share. */
  public Configurer table(TableConfig table) {
    code.add(draft -> draft.tables.add(table));
    return this;
  }

  public Configurer runDir(Path folder) {
    return top(Keys.RUN_DIR, folder.toString());
  }

  public Configurer logDir(Path folder) {
    return log(Keys.LOG_DIR, folder.toString());
  }

  /** error, warn, info, debug or trace. */
  public Configurer logLevel(String level) {
    return log(Keys.LOG_LEVEL, level);
  }

  public Configurer lease(Duration length) {
    return top(Keys.LEASE, length);
  }

  public Configurer stopTimeout(Duration wait) {
    return top(Keys.STOP_TIMEOUT, wait);
  }

  public Configurer pushTimeout(Duration limit) {
    return top(Keys.PUSH_TIMEOUT, limit);
  }

  /** How many jobs to keep in memory while the store is away; 0 lets a push fail then. */
  public Configurer pushBuffer(int jobs) {
    return top(Keys.PUSH_BUFFER, jobs);
  }

  /** How long the numbers of charts, latencies and failures' causes are kept. */
  public Configurer statsTtl(Duration time) {
    return top(Keys.STATS_TTL, time);
  }

  /** Whether opening the store may bring its schema up to date. */
  public Configurer migrate(boolean auto) {
    return top(Keys.MIGRATE, auto ? "auto" : "manual");
  }

  /** Answers HTTP on this port; 0 takes a free one. */
  public Configurer httpPort(int port) {
    return http(Keys.HTTP_PORT, port);
  }

  /** The address to answer HTTP on; any but a loopback needs {@link #httpAuth}. */
  public Configurer httpHost(String address) {
    return http(Keys.HTTP_HOST, address);
  }

  /** Who may ask over HTTP. */
  public Configurer httpAuth(Login... logins) {
    return http(Keys.HTTP_AUTH, List.of(logins));
  }

  /** The certificate for HTTPS. */
  public Configurer httpTls(Tls tls) {
    return http(Keys.HTTP_TLS, tls);
  }

  /** The names browsers may reach HTTP by. */
  public Configurer httpHosts(String... names) {
    return http(Keys.HTTP_HOSTS, List.of(names));
  }

  /** Fields of payloads whose values are not shown. */
  public Configurer httpMask(String... names) {
    return http(Keys.HTTP_MASK, List.of(names));
  }

  /** The largest request, in bytes. */
  public Configurer httpMaxBody(long bytes) {
    return http(Keys.HTTP_MAX_BODY, bytes);
  }

  /** At most so many connections at once. */
  public Configurer httpMaxConnections(int connections) {
    return http(Keys.HTTP_MAX_CONNECTIONS, connections);
  }

  /** Listens for clients and workers that speak the Faktory protocol. */
  public Configurer faktory(int port) {
    if (fits("faktory.", Keys.FAKTORY_PORT.name(), Keys.FAKTORY_PORT.type(), port)) {
      code.add(draft -> draft.faktory().put(Keys.FAKTORY_PORT, port));
    }
    return this;
  }

  /** Serves a queue, with the defaults. */
  public Configurer queue(String name) {
    return queue(name, settings -> {});
  }

  /** Serves a queue; what the settings leave out is as the file has it, or the default. */
  public Configurer queue(String name, Consumer<QueueSettings> settings) {
    if (fits("queues.", "queue", Keys.NAME, name)) {
      QueueSettings own = new QueueSettings("queues." + name + ".", this);
      settings.accept(own);
      code.add(draft -> own.writeTo(draft, name));
    }
    return this;
  }

  /** The validated configuration. */
  public Config build() {
    refused.report();
    Draft draft = new Draft();
    Problems problems = new Problems();
    Path folder = readFile(draft, problems);
    new EnvironmentLayer(draft, problems).read(environment);
    problems.report();
    code.forEach(layer -> layer.accept(draft));
    return draft.seal(base != null ? base : folder);
  }

  /** Reads the file, if there is one, and says which folder relative paths start from. */
  private Path readFile(Draft draft, Problems problems) {
    if (source == null) {
      return Path.of("");
    }
    Path file = Files.isDirectory(source.toAbsolutePath()) ? source.resolve(Configs.FILE) : source;
    Path folder = file.toAbsolutePath().getParent();
    if (Files.exists(file)) {
      new FileLayer(draft, problems).read(file);
    } else if (file.equals(source)) {
      problems.add(file.toString(), "there is no such file or folder");
    }
    return folder == null ? file.toAbsolutePath() : folder;
  }

  private <T> Configurer top(Key<T> key, T value) {
    if (fits("", key.name(), key.type(), value)) {
      code.add(draft -> draft.top.put(key, value));
    }
    return this;
  }

  private <T> Configurer log(Key<T> key, T value) {
    if (fits("log.", key.name(), key.type(), value)) {
      code.add(draft -> draft.log.put(key, value));
    }
    return this;
  }

  private <T> Configurer http(Key<T> key, T value) {
    if (fits("http.", key.name(), key.type(), value)) {
      code.add(draft -> draft.http.put(key, value));
    }
    return this;
  }

  /** What a value from code has wrong, to be reported by build. */
  void refuse(String problem) {
    refused.add("code", problem);
  }

  /** Checks a value from code; one that does not fit is reported by build, with all others. */
  <T> boolean fits(String path, String name, Type<T> type, T value) {
    try {
      type.check(value);
      return true;
    } catch (IllegalArgumentException e) {
      refused.add("code", path + name + " " + e.getMessage());
      return false;
    }
  }
}
