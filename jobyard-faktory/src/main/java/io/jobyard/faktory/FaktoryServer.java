package io.jobyard.faktory;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.config.FaktoryConfig;
import io.jobyard.run.Lender;
import io.jobyard.store.JobStore;
import io.jobyard.store.LeaseKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for clients and workers that speak the Faktory worker protocol: they push into the
 * store's queues and run jobs from them, in whatever language they are written.
 *
 * <p>{@link #start} once. {@link #quiet} hands out no more jobs; {@link #close} waits for those
 * that workers hold, up to {@code stop-timeout} after {@link #quiet}, and hangs up. Both may be
 * called twice. Safe for use by many threads.
 */
public final class FaktoryServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FaktoryServer.class);
  private static final long TICK_MS = 250;
  private static final int BACKLOG = 512;
  private static final long STALE_NANOS = Duration.ofSeconds(60).toNanos();
  private static final int LONGEST_LINE = 32 * 1024 * 1024;

  private final Config config;
  private final FaktoryConfig faktory;
  private final Tolerance tolerance;
  private final @Nullable SSLSocketFactory tls;
  private final ServerSocket listener;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Workers workers = new Workers();
  private final Reservations reservations = new Reservations();
  private final Fetches fetches;
  private final Lender lender;
  private final Ends ends;
  private final Commands commands;
  private final Desk desk = new Desk();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable Long quietSince;
  private long crowdedSince = System.nanoTime() - 2 * STALE_NANOS; // for the thread that admits

  /**
   * What is put up with.
   *
   * @param silence after so long without a word a worker has lost its jobs
   * @param budget for what is being read
   */
  record Tolerance(Connection.Patience patience, Duration silence, Budget budget) {
    static Tolerance usual() {
      return new Tolerance(
          Connection.Patience.USUAL, Duration.ofSeconds(60), Budget.ofThisProcess());
    }
  }

  /**
   * A worker process.
   *
   * @param rssKb as it said last; 0 where it never did
   * @param jobs how many it holds
   */
  public record WorkerView(
      String wid, String hostname, long pid, WorkerState state, long rssKb, int jobs) {}

  /**
   * Listens as {@link Config#faktory()} says.
   *
   * @param store is the caller's to close, after this
   * @throws JobyardException if it cannot listen there, or its certificate cannot be used
   */
  public static FaktoryServer start(JobStore store, Config config) {
    return start(store, config, Tolerance.usual());
  }

  /**
   * Looks whether the certificate would do, if there is one.
   *
   * @throws JobyardException if {@link #start} would fail for it; says why
   */
  public static void check(FaktoryConfig faktory) {
    var unused = tls(faktory);
  }

  static FaktoryServer start(JobStore store, Config config, Tolerance tolerance) {
    FaktoryServer server = new FaktoryServer(store, config, tolerance);
    server.begin();
    return server;
  }

  private FaktoryServer(JobStore store, Config config, Tolerance tolerance) {
    InstantSource clock = InstantSource.system();
    this.config = config;
    this.faktory = Objects.requireNonNull(config.faktory(), "faktory is not configured");
    this.tolerance = tolerance;
    this.tls = tls(faktory);
    this.listener = listen(faktory);
    this.fetches = new Fetches(queue -> config.queue(queue).poll());
    this.lender = new Lender(store, config, config.node() + ".faktory", clock, new Borrower());
    ServerInfo info = new ServerInfo(store, reservations, workers, connections::size, clock);
    this.ends = new Ends(lender, config.node(), clock);
    this.commands =
        new Commands(
            new Commands.Setup(
                store,
                config,
                faktory.admin(),
                lender,
                fetches,
                reservations,
                workers,
                info,
                ends));
  }

  private static @Nullable SSLSocketFactory tls(FaktoryConfig faktory) {
    return faktory.certificate() == null || faktory.key() == null
        ? null
        : Tls.sockets(faktory.certificate(), faktory.key());
  }

  private static ServerSocket listen(FaktoryConfig faktory) {
    try {
      return new ServerSocket(faktory.port(), BACKLOG, InetAddress.getByName(faktory.host()));
    } catch (IOException e) {
      throw new JobyardException(
          "cannot listen at faktory.host "
              + faktory.host()
              + ", faktory.port "
              + faktory.port()
              + ": "
              + e.getMessage()
              + "; is another server there?",
          e);
    }
  }

  private void begin() {
    lender.start();
    fetches.start(lender);
    Thread.ofPlatform().name("jobyard-faktory-accept").daemon().start(this::accept);
    Thread.ofPlatform().name("jobyard-faktory-watch").daemon().start(this::watch);
    LOG.info("listening for Faktory clients at {}:{}", faktory.host(), port());
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The worker processes that were heard of lately and have a wid. */
  public List<WorkerView> workers() {
    return workers.named().stream()
        .map(worker ->
            new WorkerView(
                worker.wid(),
                worker.hello().hostname(),
                worker.hello().pid(),
                worker.state(),
                worker.rssKb(),
                reservations.count(worker)))
        .toList();
  }

  /**
   * Asks a worker to become quiet or to end itself; it hears of it with its next beat.
   *
   * @return false if there is no such worker
   */
  public boolean ask(String wid, WorkerState state) {
    Optional<FaktoryWorker> worker = Optional.ofNullable(workers.find(wid));
    worker.ifPresent(found -> found.become(state));
    return worker.isPresent();
  }

  /** Hands out no more jobs. What workers hold goes on. */
  public void quiet() {
    if (quietSince == null) {
      quietSince = System.nanoTime();
    }
    fetches.close();
  }

  @Override
  public void close() {
    quiet();
    if (closing.getCount() == 0) {
      return;
    }
    try {
      awaitJobs();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closing.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("could not stop listening: {}", e.toString());
    }
    connections.forEach(Connection::close);
    lender.close();
  }

  private void awaitJobs() throws InterruptedException {
    Long since = quietSince;
    long quietFor = since == null ? 0 : System.nanoTime() - since;
    if (!lender.awaitAll(config.stopTimeout().minusNanos(quietFor))) {
      LOG.warn(
          "workers still hold {} jobs after {} s; those run again elsewhere",
          reservations.size(),
          config.stopTimeout().toSeconds());
    }
  }

  // ---- clients ----

  private void accept() {
    while (closing.getCount() > 0) {
      try {
        admit(listener.accept());
      } catch (IOException e) {
        if (closing.getCount() > 0) {
          LOG.warn("could not take in a client: {}", e.toString());
          pause();
        }
      }
    }
  }

  private void admit(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    Connection connection = new Connection(socket, tls, tolerance.patience, desk);
    if (connections.size() >= faktory.connections() && !makeRoom()) {
      connection.close();
      warnOfCrowd();
      return;
    }
    connections.add(connection);
    Thread.ofVirtual().name("jobyard-faktory-client").start(connection);
  }

  /** Now and then: whoever comes again and again must not fill the log. */
  private void warnOfCrowd() {
    long now = System.nanoTime();
    if (now - crowdedSince > STALE_NANOS) {
      crowdedSince = now;
      LOG.warn(
          "refusing clients: {} are connected, as many as faktory.connections allows",
          connections.size());
    }
  }

  /** Hangs up on who has been idle longest, if that is long. */
  private boolean makeRoom() {
    long now = System.nanoTime();
    Connection idlest = null;
    long longest = STALE_NANOS;
    for (Connection connection : connections) {
      Long since = connection.idleSince();
      if (since != null && now - since > longest) {
        idlest = connection;
        longest = now - since;
      }
    }
    if (idlest == null) {
      return false;
    }
    connections.remove(idlest);
    idlest.close();
    return true;
  }

  private void watch() {
    try {
      while (!closing.await(TICK_MS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        connections.forEach(connection -> connection.watch(now));
        ends.overdue(reservations.takeIf(held -> now - held.until() > 0));
        List<FaktoryWorker> dead = workers.reap(tolerance.silence.toNanos(), now);
        if (!dead.isEmpty()) {
          ends.orphaned(reservations.takeIf(held -> dead.contains(held.worker())));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(TICK_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Desk implements Connection.Desk {
    @Override
    public @Nullable String password() {
      return faktory.password();
    }

    @Override
    public int longestLine() {
      return LONGEST_LINE;
    }

    @Override
    public Budget budget() {
      return tolerance.budget;
    }

    @Override
    public FaktoryWorker entered(Hello hello, Connection connection) {
      return workers.enter(hello, connection);
    }

    @Override
    public Reply answer(byte[] line, FaktoryWorker worker) throws InterruptedException {
      return commands.answer(line, worker);
    }

    @Override
    public void undelivered(Reply reply) {
      if (reply instanceof Reply.Job(byte[] json, Reservation reservation)) {
        commands.undelivered(reservation);
      }
    }

    @Override
    public void left(Connection connection, @Nullable FaktoryWorker worker) {
      connections.remove(connection);
      if (worker != null) {
        worker.leave(connection);
      }
    }
  }

  private final class Borrower implements Lender.Borrower {
    @Override
    public void ready(String queue) {
      fetches.ring(queue);
    }

    @Override
    public void ready() {
      fetches.ring();
    }

    @Override
    public void cancel(Set<LeaseKey> leases) {
      ends.cancelled(reservations.takeAll(leases));
    }

    @Override
    public void lost(Set<LeaseKey> leases) {
      List<Reservation> gone = reservations.takeAll(leases);
      LOG.warn(
          "{} jobs held by workers are another's now: what comes of them is void", gone.size());
    }
  }
}
