package io.jobyard.node.process;

import io.jobyard.Progress;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.RunSight;
import io.jobyard.run.Assignment;
import io.jobyard.run.Crew;
import io.jobyard.run.Finished;
import io.jobyard.shell.Audit;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What manager and worker say to each other. What the worker says is heard on the connection's own
 * thread, and passed on. Before the worker greets, nothing reaches it.
 */
final class Conversation {
  private static final Logger AUDIT = LoggerFactory.getLogger(Audit.LOGGER);
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final WorkerProcess worker;
  private final Orders orders;
  private final Crew crew;
  private final Errands errands;
  private final Earshot earshot;
  private final Looks looks = new Looks();
  private final AtomicLong done = new AtomicLong();
  private volatile @Nullable Thread reader;
  private volatile @Nullable Connection connection;
  private volatile @Nullable String failedStart;
  private volatile long heapUsed;
  private volatile long heardAt = System.nanoTime();

  Conversation(WorkerProcess worker, Orders orders, Crew crew, Errands errands) {
    this.worker = worker;
    this.orders = orders;
    this.crew = crew;
    this.errands = errands;
    this.earshot = new Earshot(worker.name(), errands.exchange());
  }

  // ---- what the manager says ----

  void run(List<Assignment> batch) {
    send(new Frame.Run(batch));
  }

  void send(Frame frame) {
    Connection current = connection;
    if (current != null) {
      current.send(frame);
    }
  }

  /** Asks where a run stands; see {@link Looks}. */
  CompletableFuture<Optional<RunSight>> look(UUID job) {
    return looks.ask(job, this::send);
  }

  // ---- what the worker says ----

  /** Serves the connection to its end. */
  void serve(Connection connected, long pid) {
    reader = Thread.currentThread();
    connected.send(new Frame.Welcome(Frame.NEWEST, orders.settings()));
    connection = connected;
    // Only now: a renewal that came before would have missed the connection.
    long until = orders.leasesUntil().getAsLong();
    if (until != 0) {
      connected.send(new Frame.Leases(until));
    }
    try {
      listen(connected);
      worker.hungUp();
    } catch (BadFrame e) {
      worker.kill("it sent what is no frame: " + e.getMessage());
    } catch (IOException e) {
      LOG.debug("the connection of worker {} broke: {}", worker.name(), e.toString());
      worker.hungUp();
    } finally {
      earshot.close();
    }
  }

  private void listen(Connection connected) throws IOException {
    var finished = new ArrayList<Finished>();
    for (Frame frame = connected.receive(); frame != null; frame = connected.receive()) {
      if (frame instanceof Frame.Done(List<Finished> runs)) {
        finished.addAll(runs);
        if (connected.more()) {
          continue;
        }
      }
      if (!finished.isEmpty()) {
        done.addAndGet(finished.size());
        crew.done(worker, List.copyOf(finished));
        finished.clear();
      }
      hear(connected, frame);
    }
  }

  private void hear(Connection connected, Frame frame) throws BadFrame {
    heardAt = System.nanoTime();
    switch (frame) {
      case Frame.Done alreadyPassedOn -> {}
      case Frame.Ready() -> worker.up();
      case Frame.StartFailed(String reason) -> failedStart = reason;
      case Frame.Progress(int ticket, long made, long total, String note) -> {
        LeaseKey run = worker.board().key(ticket);
        if (run != null && crew.has(worker, ticket)) {
          orders.live().progress(run.id(), new Progress(made, total, note));
        }
      }
      case Frame.Log(int ticket, String line) -> {
        LeaseKey run = worker.board().key(ticket);
        if (run != null) {
          orders.live().log(run.id(), line);
        }
      }
      case Frame.Say(int ticket, Signal message) -> {
        if (leasesHold() && crew.has(worker, ticket)) {
          errands.exchange().send(message);
        }
      }
      case Frame.Hear(String topic, boolean on) -> earshot.hear(connected, topic, on);
      case Frame.Waiting(int ticket, boolean waits) -> crew.waiting(worker, ticket, waits);
      case Frame.Push push -> errands.push(connected, push);
      case Frame.Find find -> errands.find(connected, find);
      case Frame.Audit(String line) -> AUDIT.info(line);
      case Frame.Pulse(long used) -> heapUsed = used;
      case Frame.TakeOver(Lease suspect) -> worker.takeOver(suspect);
      case Frame.Drained() -> worker.drained().complete(null);
      case Frame.Idle() -> worker.nothingLeft();
      case Frame.Worn(boolean now, String why) -> worker.worn(now, why);
      case Frame.Looked(long request, RunSight sight) -> looks.answered(request, sight);
      case Frame.KillMe(String why) -> worker.kill(why);
      case Frame.Hello f -> throw unexpected(f);
      case Frame.ToWorker f -> throw unexpected(f);
    }
  }

  /** A manager that was frozen reads late what was said in time; another may run the job by now. */
  private boolean leasesHold() {
    return orders.leasesUntil().getAsLong() - System.nanoTime() > 0;
  }

  private static BadFrame unexpected(Frame frame) {
    return new BadFrame("a worker does not say " + frame.getClass().getSimpleName());
  }

  /** What a dead worker said before it died counts: waits until that was read. */
  void awaitLastWords() throws InterruptedException {
    Thread reading = reader;
    if (reading != null && !reading.join(LAST_WORDS)) {
      Connection current = connection;
      if (current != null) {
        current.cut();
      }
      reading.join(LAST_WORDS);
    }
  }

  // ---- what is known from it ----

  boolean greeted() {
    return connection != null;
  }

  /** Why it could not be set up, in its own words; null if it said nothing of the kind. */
  @Nullable String failedStart() {
    return failedStart;
  }

  /** When it last said anything, as {@link System#nanoTime}. */
  long heardAt() {
    return heardAt;
  }

  long doneCount() {
    return done.get();
  }

  /** In bytes, when it last told. */
  long heapUsed() {
    return heapUsed;
  }
}
