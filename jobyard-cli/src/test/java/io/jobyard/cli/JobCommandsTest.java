package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.config.Configs;
import io.jobyard.store.Lease;
import io.jobyard.store.Settlement;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JobCommandsTest {
  private static final String NOBODY = "0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11";

  private StoreFixture yard;

  @BeforeEach
  void open(@TempDir Path folder) {
    yard = new StoreFixture(folder);
  }

  @AfterEach
  void close() {
    yard.close();
  }

  @Test
  void pushSaysTheIdInThreeWays() {
    assertThat(yard.push("mail")).hasSize(36);
    assertThat(yard.run("push", "k", "--json").json().get("id").asString()).hasSize(36);
    assertThat(yard.run("push", "k").out()).startsWith("pushed ").endsWith(" to default\n");
  }

  @Test
  void pushReadsStandardInputAndTheOptions() {
    String id =
        Ran.with(
                yard.folder,
                "[1, 2]",
                false,
                "push",
                "k",
                "-",
                "--id-only",
                "--retries=7",
                "--backoff=1s,2s",
                "--timeout=3s",
                "--priority=high",
                "--worker=2",
                "--external-id=x-1")
            .out()
            .strip();
    JsonNode job = yard.run("job", "show", id, "--json").json();
    assertThat(job.get("payload")).hasToString("[1,2]");
    assertThat(job.get("priority").asInt()).isNegative();
    assertThat(job.get("worker").asInt()).isEqualTo(2);
    assertThat(yard.run("job", "show", id).out()).contains("worker    2");
    Lease lease = yard.lease("default");
    assertThat(lease.standing().settings().retries()).isEqualTo(7);
    assertThat(lease.standing().settings().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(yard.run("push", "k", "--external-id", "x-1", "--id-only").out().strip())
        .isEqualTo(id);
  }

  @Test
  void pushRefusesWhatIsNoJob() {
    Ran json = yard.run("push", "k", "{\"a\":");
    assertThat(json.code()).isEqualTo(2);
    assertThat(json.err()).contains("the payload is not one JSON value").hasLineCount(1);
    assertThat(yard.run("push", "k", "{} {}").code()).isEqualTo(2);
    assertThat(yard.run("push", "k", "").code()).isEqualTo(2);
    assertThat(yard.run("push", "k", "--queue", "a/b").code()).isEqualTo(1);
    assertThat(yard.run("push", "k", "--retries=-1").code()).isEqualTo(2);
    assertThat(yard.run("push").code()).isEqualTo(2);
  }

  @Test
  void pushTakesAProgramWithItsOwnOptions() {
    String[] line = {"--command", "/bin/tool", "--all", "-x", "--queue", "tools", "--id-only"};
    assertThat(pushedProgram("", line))
        .isEqualTo("{\"program\":\"/bin/tool\",\"args\":[\"--all\",\"-x\"]}");
    String[] exact = {
      "--id-only", "--env", "A=b=c", "--command", "/bin/tool", "--", "--queue", "q"
    };
    assertThat(pushedProgram("", exact))
        .isEqualTo(
            "{\"program\":\"/bin/tool\",\"args\":[\"--queue\",\"q\"],\"env\":{\"A\":\"b=c\"}}");
    String[] input = {"--stdin=-", "--cwd=/srv", "--id-only", "--command", "/bin/tool"};
    assertThat(pushedProgram("two\nlines", input))
        .isEqualTo(
            "{\"program\":\"/bin/tool\",\"args\":[],\"cwd\":\"/srv\",\"stdin\":\"two\\nlines\"}");
  }

  /** The payload that was stored, without the fields that say nothing. */
  private String pushedProgram(String input, String... options) {
    String[] args = Stream.concat(Stream.of("push"), Stream.of(options)).toArray(String[]::new);
    String id = Ran.with(yard.folder, input, false, args).out().strip();
    JsonNode job = yard.run("job", "show", id, "--json").json();
    assertThat(job.get("kind").asString()).isEqualTo("jobyard:shell");
    return job.get("payload")
        .toString()
        .replaceAll("\"[a-zA-Z0-9]+\":(null|\\{}),?|,(?=})", "")
        .replace(",}", "}");
  }

  @Test
  void pushRefusesHalfAProgram() {
    assertThat(yard.run("push", "k", "--cwd", "/srv").code()).isEqualTo(2);
    assertThat(yard.run("push", "k", "--command", "/bin/tool").code()).isEqualTo(2);
    assertThat(yard.run("push", "--command").code()).isEqualTo(2);
    assertThat(yard.run("push", "--command", "/bin/x", "--stdin", "/no/such").code()).isEqualTo(1);
  }

  @Test
  void showTellsEverything() {
    String id = yard.push("mail");
    yard.lease("mail");
    JsonNode job = yard.run("job", "show", id, "--json").json();
    assertThat(job.propertyNames())
        .startsWith(
            "id",
            "queue",
            "kind",
            "state",
            "payload",
            "attempt",
            "fence",
            "pushed_at",
            "run_at",
            "started_at");
    assertThat(job.propertyNames()).contains("progress", "errors", "result");
    assertThat(job.get("state").asString()).isEqualTo("RUNNING");
    assertThat(job.get("attempt").asInt()).isEqualTo(1);
    assertThat(yard.run("job:show", id).out()).contains("state     RUNNING\n");

    Ran unknown = yard.run("job", "show", NOBODY);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).startsWith("jobyard: job " + NOBODY + " is not in the store");
    assertThat(yard.run("job", "show", "x").code()).isEqualTo(2);
  }

  @Test
  void logPrintsStoredLines() {
    String id = yard.push("mail");
    yard.settle(yard.lease("mail"), new Settlement.End(JobState.FAILED));
    assertThat(yard.run("job", "log", id).out()).isEqualTo("a line\n");
    assertThat(yard.run("job", "log", id, "--json").json().at("/lines/0").asString())
        .isEqualTo("a line");
  }

  @Test
  void aJobThatRunsElsewhereIsFollowedToItsEnd() throws Exception {
    String id = yard.push("mail");
    Lease lease = yard.lease("mail");
    CompletableFuture<Ran> following =
        CompletableFuture.supplyAsync(() -> yard.run("job", "log", "-f", id));
    yard.settle(lease, new Settlement.End(JobState.FAILED));

    Ran ran = following.get(10, TimeUnit.SECONDS);
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo("a line\n");
    assertThat(yard.run("job", "log", "-f", id, "--json").out().lines())
        .containsExactly(
            "{\"id\":\"%s\",\"line\":\"a line\"}".formatted(id),
            "{\"id\":\"%s\",\"state\":\"FAILED\"}".formatted(id));
  }

  @Test
  void aFollowerIsToldWhereTheLinesAre() throws Exception {
    String id = yard.push("mail");
    Lease lease = yard.lease("mail");
    StringWriter err = new StringWriter();
    StringWriter out = new StringWriter();
    var follower =
        new LogFollower(
            Configs.load(yard.folder),
            yard.store,
            UUID.fromString(id),
            new Output(new PrintWriter(out), false),
            new PrintWriter(err, true));
    CompletableFuture<Void> following =
        CompletableFuture.runAsync(() -> {
          try {
            follower.follow();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });

    await().untilAsserted(() -> assertThat(err.toString()).isNotEmpty());
    assertThat(err.toString())
        .contains("job " + id + " runs on node app-1, and no node runs here")
        .hasLineCount(1);
    follower.stop();
    following.get(10, TimeUnit.SECONDS);
    assertThat(out.toString()).isEmpty();
    yard.settle(lease, new Settlement.End(JobState.FAILED));
  }

  @Test
  void cancelSaysWhatItCameTo() {
    String id = yard.push("mail");
    assertThat(yard.run("job", "cancel", id).out()).isEqualTo(id + " is cancelled\n");
    Ran again = yard.run("job", "cancel", id, NOBODY, "--json");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.json().at("/jobs/0/answer").asString()).isEqualTo("FINISHED");
    assertThat(again.json().at("/jobs/1/answer").asString()).isEqualTo("UNKNOWN");
  }

  @Test
  void waitEndsWithTheJob() throws Exception {
    String id = yard.push("mail");
    CompletableFuture<Ran> waiting =
        CompletableFuture.supplyAsync(() -> yard.run("job", "wait", id, "--timeout", "20s"));
    byte[] result = "{\"w\":1}".getBytes(StandardCharsets.UTF_8);
    yard.settle(yard.lease("mail"), new Settlement.Succeed(result, Duration.ofHours(1)));

    Ran ran = waiting.get(10, TimeUnit.SECONDS);
    assertThat(ran).isEqualTo(new Ran(0, "SUCCEEDED {\"w\":1}\n", ""));
  }

  @Test
  void waitGivesUpInTime() {
    String id = yard.push("mail");
    Ran late = yard.run("job", "wait", id, "--timeout", "10ms");
    assertThat(late.code()).isEqualTo(1);
    assertThat(late.err()).contains("is still READY after");
    yard.end("mail", JobState.FAILED);
    assertThat(yard.run("job", "wait", id).code()).isEqualTo(1);
    assertThat(yard.run("job", "wait", NOBODY).code()).isZero();
  }
}
