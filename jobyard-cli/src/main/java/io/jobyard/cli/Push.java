package io.jobyard.cli;

import com.fasterxml.uuid.Generators;
import io.jobyard.Backoff;
import io.jobyard.Priority;
import io.jobyard.Shell;
import io.jobyard.config.QueueConfig;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.Payload;
import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pushes one job: by kind, or a program. */
@Command(
    name = "push",
    header = "Push a job by its kind, or a program",
    description = "Returns once the store has the job durably.",
    footer = {
      "",
      "Examples:",
      "  jobyard push send-welcome '{\"userId\":42}' --queue mail --delay 10s",
      "  jobyard push Mailer@welcome '[42]'",
      "  generate-report | jobyard push report - --id-only",
      "  jobyard push --queue mail --command /srv/app/bin/flush-mail --all",
      "  jobyard push --command /usr/bin/tar --queue night -- --create --file /backup/a.tar /srv",
      "",
      "Exit codes: 0 pushed, 1 the store refused it, 2 wrong use"
    })
final class Push implements Callable<Integer> {
  private final Common common;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      description = "A kind, or Class@method.")
  private @Nullable String kind;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON",
      description = "The arguments; - reads them from standard input. Default: {}.")
  private @Nullable String json;

  @Mixin private CommandOptions program = new CommandOptions();

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      defaultValue = "default",
      description = "Default: ${DEFAULT-VALUE}.")
  private String queue = "default";

  @Option(names = "--delay", paramLabel = "DURATION", description = "Wait so long first.")
  private Duration delay = Duration.ZERO;

  @Option(names = "--retries", paramLabel = "N", description = "Further runs after a failure.")
  private @Nullable Integer retries;

  @Option(names = "--backoff", paramLabel = "WAITS", description = "Such as 3s or 1s,5s,30s.")
  private @Nullable Backoff backoff;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long a run may last; 0 is no limit.")
  private @Nullable Duration timeout;

  @Option(names = "--priority", paramLabel = "PRIORITY", description = "high, normal or low.")
  private Priority priority = Priority.NORMAL;

  @Option(
      names = "--worker",
      paramLabel = "N",
      description = "Which of the queue's workers must run it, from 0. Default: any.")
  private @Nullable Integer worker;

  @Option(
      names = "--external-id",
      paramLabel = "ID",
      description = "A second push with the same one gives the first job's id and stores nothing.")
  private @Nullable String externalId;

  @Option(names = "--id-only", description = "Print nothing but the id.")
  private boolean idOnly;

  Push(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (retries != null && retries < 0) {
      throw new WrongUse("--retries must be at least 0, got " + retries);
    }
    QueueConfig.named(queue); // refuses what cannot be a queue's name
    Payload payload = payload();
    NewJob job =
        new NewJob(
            Generators.timeBasedEpochGenerator().generate(),
            externalId,
            queue,
            program.given() ? Shell.KIND : Objects.requireNonNull(kind),
            payload,
            new Due.In(delay),
            priority.rank(),
            worker,
            program.given(),
            new JobSettings(retries, backoff, timeout, null),
            null,
            null,
            null,
            null);
    UUID id;
    try (JobStore store = common.openStore()) {
      id = store.push(List.of(job)).getFirst();
    }
    print(id);
    return 0;
  }

  private Payload payload() {
    if (program.given()) {
      if (kind != null || json != null) {
        throw new WrongUse("give either a KIND or --command, got both");
      }
      return program.payload(this::readInput);
    }
    if (kind == null) {
      throw new WrongUse("say what to push: a KIND, or --command PROGRAM");
    }
    program.refuseAlone();
    String given = json == null ? "{}" : json;
    byte[] bytes = given.equals("-") ? readInput() : given.getBytes(StandardCharsets.UTF_8);
    String problem = Json.problem(new String(bytes, StandardCharsets.UTF_8));
    if (problem != null) {
      throw new WrongUse("the payload is not one JSON value: " + problem);
    }
    return Payload.json(bytes);
  }

  private byte[] readInput() {
    return Input.read(common.shell.in(), "standard input");
  }

  private void print(UUID id) {
    Output out = common.output();
    if (out.json()) {
      out.document(Json.object().put("id", id.toString()));
    } else {
      out.line(idOnly ? id.toString() : "pushed " + id + " to " + queue);
    }
  }
}
