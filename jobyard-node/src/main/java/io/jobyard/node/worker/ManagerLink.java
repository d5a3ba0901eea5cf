package io.jobyard.node.worker;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobyardException;
import io.jobyard.Progress;
import io.jobyard.SharedTable;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.FrameTooLarge;
import io.jobyard.run.Finished;
import io.jobyard.run.Outcome;
import io.jobyard.run.Reports;
import io.jobyard.run.Uplink;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.table.Tables;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What a worker's runs say to the manager. While outcomes follow each other quickly, each waits up
 * to a millisecond for others to go with it; one that comes alone goes at once. Safe for use by
 * many threads.
 */
final class ManagerLink implements Uplink, Reports {
  private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So many bytes of live messages may be on their way before who sends more has to wait. */
  private static final int ROOM = 4 * 1024 * 1024;

  private final Connection connection;
  private final Requests requests;
  private final OpenRuns open;
  private final String node;
  private final Tables tables;
  private final Relay relay;
  private volatile long lastOutcome;

  ManagerLink(Connection connection, Requests requests, OpenRuns open, String node, Tables tables) {
    this.connection = connection;
    this.requests = requests;
    this.open = open;
    this.node = node;
    this.tables = tables;
    this.relay = new Relay(connection);
  }

  @Override
  public void finished(Finished run) {
    if (run.stuck()) {
      open.stuck();
    }
    long now = System.nanoTime();
    boolean busy = now - lastOutcome < BUSY_NANOS;
    lastOutcome = now;
    try {
      connection.send(new Frame.Done(List.of(run)), !busy || run.stuck());
    } catch (FrameTooLarge e) {
      connection.send(new Frame.Done(List.of(tooLarge(run, e))));
    }
  }

  private Finished tooLarge(Finished run, FrameTooLarge e) {
    var failure =
        new Failure(
            FailureType.EXCEPTION,
            e.getClass().getName(),
            "what came of the run cannot be passed on: " + e.getMessage(),
            "",
            Instant.now(),
            node,
            ProcessHandle.current().pid(),
            null);
    return new Finished(run.ticket(), new Outcome.Failed(failure, true), List.of(), run.stuck());
  }

  @Override
  public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
    return requests
        .ask(Frame.Pushed.class, request -> connection.send(new Frame.Push(request, parent, jobs)))
        .ids();
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return requests
        .ask(
            Frame.Found.class,
            request -> connection.send(new Frame.Find(request, List.copyOf(ids))))
        .jobs();
  }

  @Override
  public void progress(int ticket, LeaseKey run, Progress word) {
    connection.send(new Frame.Progress(ticket, word.done(), word.total(), word.note()), false);
  }

  @Override
  public void signal(int ticket, Signal message) {
    while (!connection.offer(new Frame.Say(ticket, message), ROOM)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new JobyardException("interrupted while waiting to send a message; it was not sent");
      }
      LockSupport.parkNanos(BUSY_NANOS);
    }
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return relay.hear(topic, ear);
  }

  /** The manager heard this. */
  void heard(Signal signal) {
    relay.heard(signal);
  }

  @Override
  public void log(int ticket, String line) {
    connection.send(new Frame.Log(ticket, line), false);
  }

  @Override
  public SharedTable table(String name) {
    return tables.get(name);
  }

  @Override
  public void waiting(int ticket, boolean waits) {
    connection.send(new Frame.Waiting(ticket, waits));
  }
}
