package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.store.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileLayerTest {
  @Test
  void readsEveryKey() {
    Config config =
        read(
            """
            node: app-1
            store: memory:test
            env: staging
            classpath: [build/app.jar, lib/*.jar]
            on-start: com.acme.Boot
            watch: true
            aot: false
            run-dir: run
            lease: 9s
            stop-timeout: 1m
            push-timeout: 2s
            push-buffer: 500
            migrate: manual
            shipped-code: {enabled: true, key: sixteen-or-longer}
            tables:
              visits: {rows: 100, columns: {count: int, page: string(64)}}
            log: {dir: out, level: debug}
            queues:
              mail:
                mode: distribute
                processes: 2
                threads: 8
                memory: 64m
                timeout: 1m30s
                retries: 5
                backoff: {from: 3s, to: 10m}
                retry-timeouts: true
                poll: 200ms
                limit: 7
                order: lifo
                shards: 4
                max-crashes: 4
                max-lost: 5
                result-ttl: 2h
                keep-succeeded: 1d
                kill-grace: 500ms
                on-start: com.acme.MailBoot
                on-failure: com.acme.Alert
            """);

    assertThat(config)
        .isEqualTo(
            new Config(
                Path.of("").toAbsolutePath(),
                "app-1",
                "memory:test",
                "staging",
                List.of("build/app.jar", "lib/*.jar"),
                "com.acme.Boot",
                true,
                false,
                Path.of("run").toAbsolutePath(),
                new Config.LogConfig(Path.of("out").toAbsolutePath(), "debug"),
                Duration.ofSeconds(9),
                Duration.ofMinutes(1),
                Duration.ofSeconds(2),
                500,
                false,
                List.of(
                    new TableConfig(
                        "visits",
                        100,
                        List.of(
                            TableConfig.Column.parse("count", "int"),
                            TableConfig.Column.parse("page", "string(64)")))),
                new ShippingKey("sixteen-or-longer"),
                config.queues()));
    assertThat(config.queues().keySet()).containsExactlyInAnyOrder("default", "mail");
    assertThat(config.queue("mail"))
        .isEqualTo(
            new QueueConfig(
                "mail",
                2,
                8,
                64L << 20,
                Duration.ofSeconds(90),
                5,
                Backoff.doubling(Duration.ofSeconds(3), Duration.ofMinutes(10)),
                true,
                Duration.ofMillis(200),
                7,
                Order.LIFO,
                4,
                4,
                5,
                Duration.ofHours(2),
                Duration.ofDays(1),
                Duration.ofMillis(500),
                "com.acme.MailBoot",
                "com.acme.Alert",
                Commands.NONE,
                Staffing.DEFAULT,
                null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          queues: {mail: {pol: 1s}}          | 1: queues.mail.pol is not a key; did you mean poll?
          queues: {mail: {poll: 0ms}}        | 1: queues.mail.poll must be at least 1ms, got 0ms
          queues: {mail: {timeout: 120}}     | 1: queues.mail.timeout must be a duration with its unit, such as 500ms, 3s, 2m or 1h30m, got the number 120
          queues: {mail: {timeout: soon}}    | 1: queues.mail.timeout must be a duration with its unit, such as 500ms, 3s, 2m or 1h30m, got 'soon'
          queues: {mail: {memory: 1k}}       | 1: queues.mail.memory must be at least 16m, got 1k
          queues: {mail: {processes: 0}}     | 1: queues.mail.processes must be at least 1, got 0
          queues: {mail: {processes: {min: 2}}} | 1: queues.mail.processes must be a whole number from 1 to 1000, or {min: 0, max: 10}, got no max
          queues: {mail: {processes: {min: 5, max: 2}}} | 1: queues.mail.processes must have min <= max, got {min: 5, max: 2}
          queues: {mail: {processes: many}}  | 1: queues.mail.processes must be a whole number from 1 to 1000, got 'many'
          queues: {mail: {processes: 99999999999}} | 1: queues.mail.processes must be a whole number from 1 to 1000, got the number 99999999999
          queues: {mail: {limit: -1}}        | 1: queues.mail.limit must be at least 0, got -1
          queues: {mail: {order: lifoo}}     | 1: queues.mail.order must be fifo or lifo, got 'lifoo'; did you mean lifo?
          queues: {mail: {shards: 0}}        | 1: queues.mail.shards must be at least 1, got 0
          queues: {mail: {shards: 101}}      | 1: queues.mail.shards must be at most 100, got 101
          env: my laptop                     | 1: env must be a name of letters, digits and . _ - that begins with a letter or digit, at most 100 long, got 'my laptop'
          push-buffer: -1                    | 1: push-buffer must be at least 0, got -1
          queues: {mail: {mode: grap}}       | 1: queues.mail.mode must be distribute or grab, got 'grap'; did you mean grab?
          queues: {mail: {retry-timeouts: 1}} | 1: queues.mail.retry-timeouts must be true or false, got the number 1
          queues: {mail: {backoff: {from: 3s}}} | 1: queues.mail.backoff must be 3s, or [1s, 5s, 30s], or {from: 3s, to: 10m}, got no to
          queues: {mail: {backoff: []}}      | 1: queues.mail.backoff must be 3s, or [1s, 5s, 30s], or {from: 3s, to: 10m}, got an empty list
          queues: {mail: {backoff: {from: 3s, to: 1s}}} | 1: queues.mail.backoff must have 0 < from <= to, got from 3s to 1s
          queues: {mail: {on-failure: a b}}  | 1: queues.mail.on-failure must be the name of a class that implements io.jobyard.FailureHandler, got 'a b'
          queues: {mail: 7}                  | 1: queues.mail must be a map of keys, got the number 7
          queues: {a/b: {}}                  | 1: queues: a queue's name must be a name of letters, digits and . _ - that begins with a letter or digit, at most 100 long, got 'a/b'
          queues: [mail]                     | 1: queues must be a map of keys, got a list
          stoer: x                           | 1: stoer is not a key; did you mean store?
          store: jobs.db                     | 1: store must be a URL such as sqlite:jobyard.db, got 'jobs.db'
          store:                             | 1: store has no value; give it one or remove the line
          node: 12                           | 1: node must be a name of letters, digits and . _ - that begins with a letter or digit, at most 100 long, got the number 12; put it in quotes
          log: {level: inf}                  | 1: log.level must be error or warn or info or debug or trace, got 'inf'; did you mean info?
          just a text                        | 1: the file must be a map of keys, got 'just a text'
          classpath: [a.jar, {}]             | 1: classpath must be a path, or a list of paths and globs such as lib/*.jar, got a map
          """)
  void saysWhatIsWrong(String yaml, String problem) {
    assertThat(problems(yaml)).containsExactly("jobyard.yaml:" + problem);
  }

  @Test
  void reportsEverythingAtOnceWithItsLine() {
    assertThat(
            problems(
                """
                node: a
                stor: x
                node: b
                queues:
                  mail:
                    pol: 1s
                    retries: -1
                """))
        .containsExactly(
            "jobyard.yaml:2: stor is not a key; did you mean store?",
            "jobyard.yaml:3: node stands here a second time, after jobyard.yaml:1",
            "jobyard.yaml:6: queues.mail.pol is not a key; did you mean poll?",
            "jobyard.yaml:7: queues.mail.retries must be at least 0, got -1");
  }

  @Test
  void tellsWhereTheYamlBreaks() {
    assertThat(problems("node: a\nqueues: [mail\n"))
        .singleElement()
        .asString()
        .startsWith("jobyard.yaml:3: is not YAML: expected ',' or ']'")
        .doesNotContain("\n");
  }

  @Test
  void doesNotFollowAliasesWithoutEnd() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d,".formatted(i - 1).repeat(10)));
    }
    assertThat(problems(bomb.toString())).singleElement().asString().contains("aliases");
    assertThat(problems("a: &a [*a]")).singleElement().asString().contains("aliases");
  }

  @Test
  void takesEmptyFilesAndQueuesWithoutSettings() {
    assertThat(read("").queues().keySet()).containsExactly("default");
    assertThat(read("# nothing\n").store()).isEqualTo("sqlite:jobyard.db");
    assertThat(read("queues:\n  mail:\n").queues().get("mail"))
        .isEqualTo(QueueConfig.named("mail"));
  }

  static Config read(String yaml) {
    Draft draft = new Draft();
    Problems problems = new Problems();
    new FileLayer(draft, problems).read("jobyard.yaml", yaml);
    problems.report();
    return draft.seal(Path.of(""));
  }

  static List<String> problems(String yaml) {
    try {
      read(yaml);
      return List.of();
    } catch (ConfigInvalid e) {
      return e.problems();
    }
  }
}
