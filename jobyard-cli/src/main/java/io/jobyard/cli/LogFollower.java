package io.jobyard.cli;

import io.jobyard.JobState;
import io.jobyard.config.Config;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore;
import io.jobyard.view.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a job logs until it has ended, over all of its attempts. The lines live at the node
 * that runs it; of a run elsewhere only those show that are stored at its end. For one thread;
 * {@link #stop} may be called by any.
 */
final class LogFollower {
  private static final long LOOK_MILLIS = 250;

  /** What a worker that settles its jobs itself said last may come a moment after their end. */
  private static final long LAST_WORDS_MILLIS = 100;

  private final Config config;
  private final ProducerStore store;
  private final UUID id;
  private final Output out;
  private final PrintWriter err;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private long next;
  private boolean heard;
  private @Nullable String elsewhere;

  LogFollower(Config config, ProducerStore store, UUID id, Output out, PrintWriter err) {
    this.config = config;
    this.store = store;
    this.id = id;
    this.out = out;
    this.err = err;
  }

  /** Follows no longer. */
  void stop() {
    stopped.countDown();
  }

  /** Prints until the job has ended, it is told to stop, or nobody reads any more. */
  void follow() throws InterruptedException {
    JobView job = JobFinder.find(store, id);
    boolean ran = !job.state().finished();
    while (job != null && !job.state().finished()) {
      listen();
      notice(job);
      if (stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS) || out.unread()) {
        return;
      }
      List<JobView> found = store.find(List.of(id));
      job = found.isEmpty() ? null : found.getFirst();
    }
    if (ran) {
      boolean unused = stopped.await(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
      listen();
    }
    if (job != null && (!heard || elsewhere != null)) {
      job.log().forEach(this::print);
    }
    tellEnd(job);
  }

  private void listen() {
    LiveRuns.Said said = Live.said(config, id, next).orElse(null);
    if (said != null) {
      heard = true;
      long missed = said.next() - said.lines().size() - next;
      if (missed > 0) {
        print("… " + missed + " lines are not kept any more");
      }
      said.lines().forEach(this::print);
      next = said.next();
    }
  }

  /** Says where the lines are that cannot be had here; once for each node that it runs on. */
  private void notice(JobView job) {
    String node = job.node();
    if (node == null || node.equals(elsewhere)) {
      return;
    }
    String here = Live.node(config).orElse(null);
    elsewhere = node.equals(here) ? null : node;
    if (elsewhere != null) {
      err.println(
          "jobyard: job %s runs on node %s, and %s: its lines show there (jobyard job log -f on that machine, or its HTTP events); here what is stored shows at its end"
              .formatted(id, node, here == null ? "no node runs here" : "this one is " + here));
    }
  }

  private void print(String line) {
    if (out.json()) {
      out.document(Json.object().put("id", id.toString()).put("line", line));
    } else {
      out.line(line);
    }
  }

  /** As JSON only: what became of the job is not one of its lines. */
  private void tellEnd(@Nullable JobView job) {
    if (out.json()) {
      JobState state = job == null ? JobState.SUCCEEDED : job.state();
      out.document(Json.object().put("id", id.toString()).put("state", state.name()));
    }
  }
}
