package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/jobyard.schema.json, as an editor reads it, judges samples as the parser does. */
class SchemaTest {
  private static Schema schema;

  @BeforeAll
  static void readSchema() throws IOException {
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(Path.of("..", "docs", "jobyard.schema.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{node: app-1, store: 'sqlite:jobyard.db', classpath: [a.jar, lib/*.jar]}",
        "{classpath: a.jar, on-start: com.acme.Boot, run-dir: /run/app, migrate: manual}",
        "{classpath: a.jar, watch: true, aot: false}",
        "{lease: 15s, stop-timeout: 0, push-timeout: 1m30s, log: {dir: logs, level: warn}}",
        "{log: null, queues: null}",
        "{queues: {mail: null, other: {}}}",
        "{queues: {mail: {mode: distribute, processes: 1, threads: 100, memory: 1g}}}",
        "{queues: {mail: {mode: grab, processes: {min: 0, max: 9}, max-jobs: 1, max-age: 1h}}}",
        "{queues: {mail: {timeout: 0, retries: 0, retry-timeouts: true, poll: 1ms}}}",
        "{queues: {mail: {backoff: 3s, max-crashes: 1, max-lost: 1, result-ttl: 1d}}}",
        "{queues: {mail: {backoff: [0, 1s, 5s], keep-succeeded: '0', kill-grace: 500ms}}}",
        "{queues: {mail: {backoff: {from: 1s, to: 1m}, on-failure: a.B$C}}}",
        "{queues: {mail: {commands: [/srv/app/bin/*, {path: /usr/bin/tar, args: '[a-z]+'}]}}}",
        "{queues: {mail: {commands: /usr/bin/true, shell: true, run-as: app, command-env: APP_*}}}",
      })
  void goodSamples(String yaml) {
    assertThat(FileLayerTest.problems(yaml)).isEmpty();
    assertThat(schema.validate(yaml, InputFormat.YAML)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a]",
        "{nodes: x}",
        "{node: 7}",
        "{node: ''}",
        "{store: jobs.db}",
        "{store: null}",
        "{classpath: ['']}",
        "{lease: 15}",
        "{lease: 0}",
        "{push-timeout: 0ms}",
        "{migrate: true}",
        "{on-start: 'a b'}",
        "{log: {level: loud}}",
        "{log: {file: x}}",
        "{log: []}",
        "{queues: [mail]}",
        "{queues: {'a b': {}}}",
        "{queues: {mail: {pol: 1s}}}",
        "{queues: {mail: {mode: grap}}}",
        "{queues: {mail: {processes: {min: 1}}}}",
        "{queues: {mail: {processes: 0}}}",
        "{queues: {mail: {processes: '3'}}}",
        "{queues: {mail: {processes: 1.5}}}",
        "{queues: {mail: {memory: 128}}}",
        "{queues: {mail: {memory: 128 MB}}}",
        "{queues: {mail: {timeout: 1s1m}}}",
        "{queues: {mail: {timeout: ''}}}",
        "{queues: {mail: {timeout: -1s}}}",
        "{queues: {mail: {retries: -1}}}",
        "{queues: {mail: {retry-timeouts: 'yes'}}}",
        "{queues: {mail: {backoff: []}}}",
        "{queues: {mail: {backoff: [1]}}}",
        "{queues: {mail: {backoff: {from: 1s}}}}",
        "{queues: {mail: {backoff: {from: 0, to: 1s}}}}",
        "{queues: {mail: {backoff: {from: 1s, to: 2s, by: 2}}}}",
        "{queues: {mail: {on-failure: null}}}",
        "{queues: {mail: {commands: [bin/tool]}}}",
        "{queues: {mail: {commands: [{args: x}]}}}",
        "{queues: {mail: {commands: [{path: /a, arguments: x}]}}}",
        "{queues: {mail: {run-as: 'a; b'}}}",
      })
  void badSamples(String yaml) {
    assertThat(FileLayerTest.problems(yaml)).isNotEmpty();
    assertThat(schema.validate(yaml, InputFormat.YAML)).isNotEmpty();
  }
}
