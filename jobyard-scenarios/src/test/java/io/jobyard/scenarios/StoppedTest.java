package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.scenarios.Death.Standstill;
import io.jobyard.scenarios.Line.What;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.QueueStatus;
import io.jobyard.testing.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A node under load that is told to stop, and jobs under load that are told to. */
@Staged(on = Ground.SQLITE)
class StoppedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  private Scene scene;

  StoppedTest(Cast cast) {
    this.cast = cast;
  }

  @BeforeEach
  void open() {
    scene = new Scene(dir, cast.ground().place(dir));
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void aStopUnderLoadFinishesWhatRunsAndCostsTheRestNothing() throws Exception {
    scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":60", 300);
    ChaosNode node = node();
    waiting(PATIENCE, "some jobs to end").until(() -> scene.ledger.ended().size() > 10);

    assertThat(node.stop(PATIENCE)).isZero();

    QueueStatus stopped = scene.status();
    assertThat(stopped.running()).isZero();
    assertThat(stopped.ready()).as("jobs that wait").isPositive();
    assertThat(stopped.succeeded()).isEqualTo(scene.ledger.ended().size());
    assertThat(waitingJobs()).allMatch(job -> job.counts().charged() == 0);

    node.restart();
    scene.awaitDrained(PATIENCE);
    assertThat(scene.ledger.ended()).isEqualTo(scene.pushed);
    assertThat(Doubles.of(scene.ledger.lines(), List.of(), Standstill.NONE).unexcused()).isEmpty();
  }

  @Test
  void aSecondSignalStopsAtOnceAndTheRunningJobsGoBackUncharged() throws Exception {
    ChaosNode node = node();
    int jobs = cast.slots() + 12;
    scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":60000", jobs);
    waiting(PATIENCE, "all slots to be taken").until(() -> started() == cast.slots());

    Signal.TERM.send(node.pid());
    waiting(PATIENCE, "the node to say that it stops")
        .until(() -> node.log().stream().anyMatch(line -> line.contains("stops")));
    assertThat(node.stop(Duration.ofMinutes(1))).isZero();

    assertThat(scene.status().ready()).isEqualTo(jobs);
    assertThat(waitingJobs()).hasSize(jobs).allMatch(job -> job.counts().charged() == 0);
  }

  @Test
  void cancelsUnderLoadEndWhatWaitsAndWhatRuns() throws Exception {
    node();
    int many = Math.min(4, cast.slots());
    List<UUID> running = scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":60000", many);
    waiting(PATIENCE, "the long jobs").until(() -> started() == many);
    List<UUID> scheduled =
        scene.push(
            Stream.generate(() -> scene.logged(Scene.QUEUE, "chaos-work", ",\"millis\":1"))
                .limit(100)
                .map(job -> job.withDue(new NewJob.Due.In(Duration.ofHours(1))))
                .toList());
    List<UUID> ready = scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":20", 400);

    scene.store.cancel(ready.subList(200, 400));
    scene.store.cancel(scheduled);
    long asked = System.nanoTime();
    scene.store.cancel(running);
    waiting(PATIENCE, "the running ones to be cancelled")
        .until(() -> running.stream().allMatch(id -> scene.view(id).state() == JobState.CANCELLED));
    System.out.printf("cancelled in %d ms%n", (System.nanoTime() - asked) / 1_000_000);
    scene.awaitDrained(PATIENCE);

    QueueStatus end = scene.status();
    assertThat(end.cancelled()).isBetween(100L + many, 300L + many);
    assertThat(end.cancelled() + end.succeeded()).isEqualTo(500 + many);
    assertThat(scene.ledger.ended())
        .containsAll(ready.subList(0, 200))
        .hasSize((int) end.succeeded());
    assertThat(scene.ledger.ended()).doesNotContainAnyElementsOf(scheduled);
  }

  private ChaosNode node() throws IOException {
    return scene.node("app-1", cast.settings("lease: 15s", "kill-grace: 200ms"));
  }

  private long started() {
    return scene.ledger.lines(What.START).size();
  }

  private List<JobView> waitingJobs() {
    return scene
        .store
        .list(JobFilter.of(Scene.QUEUE, JobState.READY, JobState.SCHEDULED), null, 10_000)
        .jobs();
  }
}
