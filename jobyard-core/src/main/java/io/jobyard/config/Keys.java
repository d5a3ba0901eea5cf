package io.jobyard.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every key of jobyard.yaml, with those of {@link QueueKeys}: the one table behind the parser, the
 * errors, the environment, the reference in docs/configuration.md and the JSON Schema.
 */
final class Keys {
  static final Duration MILLI = Duration.ofMillis(1);
  private static final String CLASS_NAME = "[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*";

  /** What nodes and queues may be called: they stand in paths, URLs and log lines. */
  static final Type.Text NAME =
      new Type.Text(
          "a name of letters, digits and . _ - that begins with a letter or digit, at most 100"
              + " long",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  static final Key<String> NODE =
      key("node", NAME, null, "This node's name. Default: the name of the host.");
  static final Key<String> STORE =
      key(
          "store",
          new Type.Text("a URL such as sqlite:jobyard.db", "[a-z][a-z0-9+-]*:.*"),
          "sqlite:jobyard.db",
          "Where jobs live: `sqlite:FILE`, `memory:`, `sync:`, or the address of a server, which"
              + " docs/stores.md lists. A relative file is below the folder of jobyard.yaml.");
  static final Key<String> ENV =
      key(
          "env",
          NAME,
          null,
          "The environment this process belongs to, such as `production`. A store remembers the"
              + " first that works with it and refuses any other; without a name one may push and look,"
              + " but not take its jobs. Default: none.");
  static final Key<List<String>> CLASSPATH =
      key(
          "classpath",
          new Type.Texts("a path, or a list of paths and globs such as lib/*.jar"),
          null,
          "The jobs' code: jars, folders and `dir/*.jar`. Default: the class path of the process"
              + " that starts the node.");
  static final Key<String> ON_START =
      key(
          "on-start",
          className("io.jobyard.OnStart"),
          null,
          "A class that runs in every worker before its first job.");
  static final Key<Boolean> WATCH =
      key(
          "watch",
          new Type.Flag(),
          "false",
          "Whether a change of any file under `classpath` makes the workers change to the new code"
              + " by itself, as `jobyard worker reload` does.");
  static final Key<Boolean> AOT =
      key(
          "aot",
          new Type.Flag(),
          "true",
          "Whether workers start from a cache of loaded and linked classes, made in the background"
              + " for each version of the jobs' code.");
  static final Key<String> RUN_DIR =
      key(
          "run-dir",
          path(),
          ".jobyard",
          "The node's pid file and its copies of the class path. Only this user can open it.");
  static final Key<Duration> LEASE =
      key(
          "lease",
          new Type.Span(Duration.ofMillis(100)),
          "15s",
          "After so long without a sign of life a node has lost its jobs.");
  static final Key<Duration> STOP_TIMEOUT =
      key(
          "stop-timeout",
          span(Duration.ZERO),
          "30s",
          "How long a stop waits for running jobs before it ends them.");
  static final Key<Duration> PUSH_TIMEOUT =
      key(
          "push-timeout",
          span(MILLI),
          "5s",
          "How long a push waits for the store before it fails.");
  static final Key<Integer> PUSH_BUFFER =
      key(
          "push-buffer",
          new Type.Whole(0, 1_000_000),
          "0",
          "How many jobs an application keeps in its memory while the store is away; 0 lets a push"
              + " fail then.");
  static final Key<Duration> STATS_TTL =
      key(
          "stats-ttl",
          new Type.Span(Duration.ofHours(1)),
          "7d",
          "How long the numbers of charts, latencies and failures' causes are kept.");
  static final Key<String> MIGRATE =
      key(
          "migrate",
          new Type.Word(List.of("auto", "manual")),
          "auto",
          "Whether whoever opens the store brings its schema up to date, or only `jobyard"
              + " migrate`.");

  static final Key<List<TableConfig>> TABLES =
      key(
          "tables",
          new Type.Tables(),
          null,
          "Tables in memory that all worker processes of this node share: see `SharedTable`.");

  static final Key<Optional<ShippingKey>> SHIPPED_CODE =
      key(
          "shipped-code",
          new Type.Shipped(),
          null,
          "Whether jobs may bring their code, signed with a key of at least 16 characters that"
              + " producers and workers share. In the environment: the key alone.");

  static final Key<String> LOG_DIR =
      key("dir", path(), "logs", "Folder of the log files, rotated daily, 30 kept.");
  static final Key<String> LOG_LEVEL =
      key(
          "level",
          new Type.Word(List.of("error", "warn", "info", "debug", "trace")),
          "info",
          "The least that is logged.");

  static final Key<Integer> HTTP_PORT =
      key(
          "port",
          new Type.Whole(0, 65_535),
          null,
          "Where the node answers HTTP; 0 takes a free port. Default: it does not.");
  static final Key<String> HTTP_HOST =
      key(
          "host",
          new Type.Text("an address or a host's name", "[A-Za-z0-9.:_-]{1,255}"),
          "127.0.0.1",
          "The address to listen on. Any but this machine's own loopback needs `auth`.");
  static final Key<List<Login>> HTTP_AUTH =
      key(
          "auth",
          new Type.Logins(),
          null,
          "Who may: tokens and users, each with the role `read`, `operate` or `admin`; `jobyard"
              + " auth token` and `jobyard auth password` make them. In the environment"
              + " `admin=TOKEN,read=TOKEN`. Default: everybody on this machine may do everything.");
  static final Key<Tls> HTTP_TLS =
      key(
          "tls",
          new Type.Certificate(),
          null,
          "The certificate, for HTTPS; files are below the folder of jobyard.yaml. Default: no"
              + " TLS.");
  static final Key<List<String>> HTTP_HOSTS =
      key(
          "hosts",
          new Type.Texts("a host's name, or a list of names"),
          null,
          "The names browsers may reach this by, beside `host`. Default: without `auth` the names"
              + " of this machine's loopback, else any.");
  static final Key<List<String>> HTTP_MASK =
      key(
          "mask",
          new Type.Texts("a field's name, or a list of names and globs such as *token*"),
          "*password*:*passwd*:*secret*:*token*:*credential*:authorization:*api?key*:*apikey*:*private?key*",
          "Fields of payloads and results whose values are shown as `***`, whatever their case.");
  static final Key<Long> HTTP_MAX_BODY =
      key(
          "max-body",
          new Type.Size(1L << 10),
          "32m",
          "The largest request. All that are being read at once share four times as much.");
  static final Key<Integer> HTTP_MAX_CONNECTIONS =
      key(
          "max-connections",
          new Type.Whole(1, 100_000),
          "2000",
          "At most so many connections at once; idle ones are closed sooner when there are as"
              + " many.");

  static final Key<String> FAKTORY_HOST =
      key(
          "host",
          new Type.Text("an address or the name of a host", "[A-Za-z0-9.:\\[\\]_-]+"),
          "127.0.0.1",
          "The address to listen at. One that other machines may reach needs a `password`.");
  static final Key<Integer> FAKTORY_PORT =
      key("port", new Type.Whole(0, 65_535), "7419", "The port; 0 takes any free one.");
  static final Key<String> FAKTORY_PASSWORD =
      key(
          "password",
          new Type.Secret(1),
          null,
          "What clients must know. Default: nothing is asked of clients of this machine.");
  static final Key<Boolean> FAKTORY_ADMIN =
      key(
          "admin",
          new Type.Flag(),
          "false",
          "Whether clients may say `FLUSH`, which removes every job that does not run.");
  static final Key<String> FAKTORY_CERTIFICATE =
      key(
          "certificate",
          path(),
          null,
          "A file with the server's certificate (PEM, with those that vouch for it): clients must"
              + " use TLS then.");
  static final Key<String> FAKTORY_KEY =
      key("key", path(), null, "A file with the certificate's private key (PEM, PKCS#8).");
  static final Key<Integer> FAKTORY_CONNECTIONS =
      key("connections", new Type.Whole(1, 100_000), "1000", "At most so many clients at once.");

  /** At the top of the file, beside the sections. */
  static final List<Key<?>> TOP =
      List.of(
          NODE,
          STORE,
          ENV,
          CLASSPATH,
          ON_START,
          WATCH,
          AOT,
          RUN_DIR,
          LEASE,
          STOP_TIMEOUT,
          PUSH_TIMEOUT,
          PUSH_BUFFER,
          STATS_TTL,
          MIGRATE,
          TABLES,
          SHIPPED_CODE);

  /** Under {@code log}. */
  static final List<Key<?>> LOG = List.of(LOG_DIR, LOG_LEVEL);

  /** Under {@code http}. */
  static final List<Key<?>> HTTP =
      List.of(
          HTTP_PORT,
          HTTP_HOST,
          HTTP_AUTH,
          HTTP_TLS,
          HTTP_HOSTS,
          HTTP_MASK,
          HTTP_MAX_BODY,
          HTTP_MAX_CONNECTIONS);

  /** Under {@code faktory}; the section alone is enough to listen. */
  static final List<Key<?>> FAKTORY =
      List.of(
          FAKTORY_HOST,
          FAKTORY_PORT,
          FAKTORY_PASSWORD,
          FAKTORY_ADMIN,
          FAKTORY_CERTIFICATE,
          FAKTORY_KEY,
          FAKTORY_CONNECTIONS);

  private Keys() {}

  static <T> Key<T> key(String name, Type<T> type, @Nullable String written, String doc) {
    return new Key<>(name, type, written, doc);
  }

  static Type.Span span(Duration least) {
    return new Type.Span(least);
  }

  static Type.Text className(String of) {
    return new Type.Text("the name of a class that implements " + of, CLASS_NAME);
  }

  static Type.Text path() {
    return new Type.Text("a path", "\\s*\\S.*");
  }
}
