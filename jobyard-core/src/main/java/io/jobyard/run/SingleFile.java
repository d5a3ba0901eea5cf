package io.jobyard.run;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.store.Environment;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreListener;
import io.jobyard.table.Tables;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Seat;
import io.jobyard.talk.Talk;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through queues in strict order, one job at a time, in this very process: before each job it
 * looks at the first queue first. What {@code jobyard queue work} does.
 *
 * <p>For one thread; {@link #stop} may come from another.
 */
public final class SingleFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SingleFile.class);
  private static final long ROUND_MS = 500;
  private static final LeaseLost LOST = new LeaseLost();

  private final JobStore store;
  private final Config config;
  private final List<String> queues;
  private final Map<String, Equipment> equipment;
  private final Uplink uplink;
  private final Tables tables;
  private final Talk talk;
  private final Ears ears;
  private final ChildPushes pushes;
  private final InstantSource clock;
  private final Semaphore bell = new Semaphore(0);
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final RunBoard board = RunBoard.local();
  private final Janitor janitor;
  private final Heart heart;
  private final Patience patience = new Patience(LOG, "reach the store");
  private volatile @Nullable Session session;
  private volatile boolean stopping;
  private ProducerStore.@Nullable Subscription wakes;
  private int tickets;
  private volatile int current;
  private long nextTidy = System.nanoTime();

  private sealed interface Event {}

  private record Ended(Finished run) implements Event {}

  private record LeaseLost() implements Event {}

  /** One job that was worked on, for whoever watches. */
  public record Worked(Lease lease, Outcome outcome, boolean stuck) {}

  /**
   * @param queues in order, the most urgent first
   * @param equipment of each of them
   */
  public SingleFile(
      JobStore store,
      Config config,
      List<String> queues,
      Map<String, Equipment> equipment,
      InstantSource clock) {
    this.store = store;
    this.config = config;
    this.queues = List.copyOf(queues);
    this.equipment = Map.copyOf(equipment);
    this.tables = Tables.temporary(config.tables());
    this.talk = new Talk("node " + config.node(), store);
    this.ears = new Ears(talk::hearSoon);
    this.uplink = new StoreUplink(store, tables, talk, new Runs());
    this.pushes = new ChildPushes(uplink, config.shippingKey());
    this.clock = clock;
    this.janitor =
        new Janitor(
            store,
            settlements -> store.settle(settlements).size(),
            name -> config.queue(name).policy(),
            config.lease(),
            clock,
            config.node());
    NodeInfo node = new NodeInfo(config.node(), ProcessHandle.current().pid(), Set.copyOf(queues));
    this.heart = new Heart(store, node, config.lease(), new Pulse());
  }

  public void start() {
    Environment.requireOfNode(config.env(), store);
    wakes = store.listen(new Bell());
    talk.announce();
    equipment.forEach((queue, own) ->
        ears.inbox(
            Seat.here(config.node(), Seat.EVERY_SLOT, List.of(queue)), own.services().listeners()));
    heart.start();
  }

  /**
   * Works on the next job, waiting for one.
   *
   * @return empty after {@link #stop}
   */
  public Optional<Worked> next() throws InterruptedException {
    while (!stopping) {
      try {
        tidy();
        Duration pause = config.queue(queues.getFirst()).poll();
        for (String queue : queues) {
          Session current = session;
          if (current == null) {
            break;
          }
          Leased leased =
              store.lease(new LeaseRequest(current, queue, 1, JobStore.MAX_PAYLOAD, Set.of()));
          patience.success();
          if (!leased.leases().isEmpty()) {
            return Optional.of(work(leased.leases().getFirst()));
          }
          pause = shorter(pause, leased.nextDue());
        }
        awaitBell(pause);
      } catch (RuntimeException e) {
        patience.failure(e);
        awaitBell(patience.delay());
      }
    }
    return Optional.empty();
  }

  /** Lets {@link #next} return once the job in work is done. */
  public void stop() {
    stopping = true;
    bell.release();
  }

  @Override
  public void close() {
    stop();
    pushes.close();
    talk.close();
    ears.close();
    tables.remove();
    ProducerStore.Subscription listening = wakes;
    if (listening != null) {
      listening.close();
      heart.close();
    }
  }

  private Worked work(Lease leased) throws InterruptedException {
    QueueConfig queue = config.queue(leased.standing().queue());
    Equipment own = Objects.requireNonNull(equipment.get(queue.name()));
    Lease lease = leased.withClassSettings(own.settings(leased.kind()));
    try (JobRunner runner = runner(queue, own)) {
      while (true) {
        Finished run = awaitEnd(runner, lease, queue.policy());
        if (run == null) {
          return new Worked(lease, new Outcome.NotStarted(), !runner.idle());
        }
        Settlement settlement =
            Lifecycle.settle(lease.standing(), run.outcome(), queue.policy()).withLog(run.log());
        boolean accepted = settle(settlement);
        if (!accepted || !(settlement.move() instanceof Settlement.Stay) || run.stuck()) {
          return new Worked(lease, run.outcome(), run.stuck());
        }
        lease = lease.failing(settlement.counts(), settlement.errors());
      }
    }
  }

  private JobRunner runner(QueueConfig queue, Equipment own) {
    return new JobRunner(
        new JobRunner.Setup(
            config.node(),
            queue.name(),
            1,
            queue.killGrace(),
            own.kinds(),
            own.services(),
            own.onFailure(),
            uplink,
            pushes,
            board,
            run -> events.add(new Ended(run)),
            clock));
  }

  /** The end of the run; null if its lease was lost. */
  private @Nullable Finished awaitEnd(JobRunner runner, Lease lease, Policy policy)
      throws InterruptedException {
    events.clear();
    int ticket = ++tickets;
    current = ticket;
    var given =
        new Assignment(
            ticket,
            lease,
            Lifecycle.timeout(lease.standing().settings(), policy),
            Lifecycle.lastAttempt(lease.standing(), policy));
    board.hand(given, System.nanoTime());
    runner.run(List.of(given));
    while (true) {
      Event event = events.poll(ROUND_MS, TimeUnit.MILLISECONDS);
      switch (event) {
        case Ended(Finished run) when run.ticket() == ticket -> {
          return run;
        }
        case LeaseLost() -> {
          runner.cancel(ticket);
          return null;
        }
        case null -> passOnCancel(runner, ticket, lease);
        case Ended(Finished other) ->
            LOG.debug("run {} ended after its lease was lost", other.ticket());
      }
    }
  }

  private void passOnCancel(JobRunner runner, int ticket, Lease lease) {
    Session current = session;
    try {
      if (current != null && store.cancelRequested(current).contains(lease.key())) {
        runner.cancel(ticket);
      }
    } catch (RuntimeException e) {
      patience.failure(e);
    }
  }

  private boolean settle(Settlement settlement) throws InterruptedException {
    while (true) {
      try {
        boolean accepted = store.settle(List.of(settlement)).isEmpty();
        patience.success();
        return accepted;
      } catch (RuntimeException e) {
        patience.failure(e);
        if (session == null) {
          return false;
        }
        awaitBell(patience.delay());
      }
    }
  }

  private void tidy() {
    long now = System.nanoTime();
    if (now - nextTidy >= 0) {
      nextTidy = now + janitor.pause().toNanos();
      janitor.tidy();
    }
  }

  private void awaitBell(Duration pause) throws InterruptedException {
    Duration most = shorter(pause, janitor.pause());
    if (bell.tryAcquire(Math.max(1, most.toMillis()), TimeUnit.MILLISECONDS)) {
      bell.drainPermits();
    }
  }

  private static Duration shorter(Duration a, @Nullable Duration b) {
    return b == null || a.compareTo(b) < 0 ? a : b;
  }

  private final class Runs implements StoreUplink.Runs {
    @Override
    public void waiting(int ticket, boolean waits) {
      LOG.trace("run {} {}", ticket, waits ? "waits" : "goes on");
    }

    @Override
    public boolean hold(int ticket) {
      return session != null && ticket == current;
    }
  }

  private final class Pulse implements Heart.Listener {
    @Override
    public void joined(Session current) {
      session = current;
      bell.release();
    }

    @Override
    public void renewed(long until) {
      LOG.trace("leases hold until {}", until);
    }

    @Override
    public void lost() {
      session = null;
      events.add(LOST);
    }
  }

  private final class Bell implements StoreListener {
    @Override
    public void ready(String queue) {
      bell.release();
    }
  }
}
