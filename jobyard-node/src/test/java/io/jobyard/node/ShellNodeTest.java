package io.jobyard.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.Shell;
import io.jobyard.codec.JobCodec;
import io.jobyard.config.Commands;
import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.shell.Audit;
import io.jobyard.store.JobView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs as jobs of a node with real worker processes. */
@EnabledOnOs(OS.LINUX)
class ShellNodeTest {
  @TempDir Path dir;
  private RunningNode node;
  private final AuditTrail audit = new AuditTrail(Audit.LOGGER);

  @BeforeEach
  void start() throws Exception {
    dir = dir.toRealPath();
    Files.createDirectory(dir.resolve("bin"));
    Commands commands =
        new Commands(List.of(new Commands.Allowed(dir + "/bin/*", null)), false, null, null);
    QueueConfig queue = RunningNode.queue("shell", 1, 4);
    node =
        new RunningNode(
            dir, UnaryOperator.<Config>identity(), RunningNode.commands(queue, commands));
  }

  @AfterEach
  void stop() {
    node.close();
    audit.close();
  }

  private String program(String name, String body) throws Exception {
    Path file = Files.writeString(dir.resolve("bin").resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private JobView run(Shell shell, Duration timeout) {
    UUID id = node.push("shell", new JobCodec().encode(shell), timeout);
    return node.awaitEnd(id);
  }

  @Test
  void aProgramRunsAndItsOutputIsKept() throws Exception {
    JobView job = run(Shell.of(program("hello", "echo hello $1"), "world"), Duration.ofSeconds(30));
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(new String(job.result(), StandardCharsets.UTF_8))
        .isEqualTo("{\"exit\":0,\"output\":\"hello world\\n\",\"printed\":12}");
    assertThat(job.log()).containsExactly("hello world");
    assertThat(audit.lines()).anyMatch(line -> line.startsWith("run job=" + job.id()));
    assertThat(audit.lines()).anyMatch(line -> line.startsWith("end job=" + job.id()));
  }

  @Test
  void aRefusalIsNotRetried() {
    JobView job = run(Shell.of("/usr/bin/id"), Duration.ofSeconds(30));
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors()).hasSize(1);
    assertThat(job.errors().getFirst().type()).isEqualTo(FailureType.EXCEPTION);
    assertThat(job.errors().getFirst().className()).isEqualTo("io.jobyard.ShellRefused");
    assertThat(job.errors().getFirst().message()).contains("commands does not allow /usr/bin/id");
    assertThat(audit.lines()).anyMatch(line -> line.startsWith("refused job=" + job.id()));
  }

  @Test
  void aTimeoutEndsAllOfItAndSparesTheWorker() throws Exception {
    long worker = node.workers().workers().getFirst().pid();
    String stubborn =
        program("stubborn", "trap '' TERM; (env -i setsid sleep 600 &); echo on; yes; sleep 600");
    JobView job = run(Shell.of(stubborn), Duration.ofMillis(700));
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors().getFirst().type()).isEqualTo(FailureType.TIMEOUT);
    assertThat(job.log()).isNotEmpty();
    RunningNode.waiting("the end of its processes")
        .until(() -> ProcessHandle.allProcesses().noneMatch(this::isOurs));
    assertThat(node.workers().workers().getFirst().pid()).isEqualTo(worker);
  }

  /** A process that works in the test's folder; the workers do, and are Java. */
  private boolean isOurs(ProcessHandle process) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(link).equals(dir)
          && !process.info().command().orElse("").endsWith("java");
    } catch (IOException e) {
      return false;
    }
  }
}
