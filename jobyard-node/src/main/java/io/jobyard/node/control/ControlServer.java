package io.jobyard.node.control;

import io.jobyard.node.generation.Reloads;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the command line on a Unix domain socket in a folder that only this user may enter. Each
 * caller has a thread; there are at most a few at once. Closing twice is harmless.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int MOST_CALLERS = 32;

  private final Node node;
  private final ServerSocketChannel server;
  private final Semaphore seats = new Semaphore(MOST_CALLERS);
  private final Set<SocketChannel> callers = ConcurrentHashMap.newKeySet();

  /** What can be asked of a node. */
  public interface Node {
    StatusView status();

    /** Begins to stop; returns at once. */
    void stop();

    /** Changes to the jobs' code as it is now; returns what came of it. */
    Reloads reload() throws InterruptedException;

    LiveRuns live();

    /** A job that runs here; empty if it does not. Waits for its worker, two seconds at most. */
    Optional<JobSight> look(UUID job);

    /** Lets a worker finish what it runs and replaces it; false if there is no such worker. */
    boolean drain(long pid);

    /** Kills a worker; false if there is no such worker. */
    boolean kill(long pid);
  }

  public ControlServer(Path socket, Node node) throws IOException {
    this.node = node;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("jobyard-control").start(this::acceptAll);
  }

  private void acceptAll() {
    while (server.isOpen()) {
      try {
        seats.acquire();
        SocketChannel caller = server.accept();
        callers.add(caller);
        Thread.ofPlatform().daemon().name("jobyard-control-call").start(() -> serve(caller));
      } catch (ClosedChannelException | InterruptedException e) {
        return;
      } catch (IOException e) {
        seats.release();
        LOG.warn("could not accept a call on the control socket: {}", e.toString());
        pause();
      }
    }
  }

  private void serve(SocketChannel caller) {
    try (var lines = new Lines(caller)) {
      for (Request request = lines.read(Request.class);
          request != null;
          request = lines.read(Request.class)) {
        lines.write(answer(request));
        if (request instanceof Request.Stop) {
          node.stop(); // answered first: a stop closes this very connection
        }
      }
    } catch (IOException e) {
      LOG.debug("a call on the control socket ended: {}", e.getMessage());
    } finally {
      callers.remove(caller);
      seats.release();
    }
  }

  private Answer answer(Request request) {
    try {
      return switch (request) {
        case Request.Status() -> new Answer.Status(node.status());
        case Request.Stop() -> new Answer.Stopping();
        case Request.Reload() -> new Answer.Reloaded(node.reload());
        case Request.Drain(long pid) -> new Answer.Worker(node.drain(pid));
        case Request.Kill(long pid) -> new Answer.Worker(node.kill(pid));
        case Request.Look(var job) -> new Answer.Looked(node.look(job).orElse(null));
        case Request.Said(var job, long from) -> new Answer.Said(node.live().said(job, from));
      };
    } catch (RuntimeException e) {
      LOG.warn("could not answer {}", request, e);
      return new Answer.Refused(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Refused("the node stops");
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SocketChannel caller : callers) {
        caller.close();
      }
    } catch (IOException e) {
      LOG.warn("could not close the control socket: {}", e.getMessage());
    }
  }
}
