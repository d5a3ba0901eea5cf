package io.jobyard.faktory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: greets it, then answers its commands one after another. Runs on a thread of its own;
 * {@link #close} may come from any.
 *
 * <p>Whatever the client is waited for has a deadline, which the server watches over: a client that
 * begins a line and does not end it, or does not read its answer, is hung up on.
 */
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final int LONGEST_HELLO = 16 * 1024;
  private static final long NONE = Long.MAX_VALUE;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Socket socket;
  private final @Nullable SSLSocketFactory tls;
  private final Patience patience;
  private final Desk desk;
  private volatile long deadline;
  private volatile boolean idle;
  private volatile long idleSince;
  private volatile boolean consumer;

  /**
   * How long a client may take.
   *
   * @param hello to say who it is
   * @param line from the first byte of a command to its last
   * @param reading to take an answer
   * @param idle between two commands
   */
  record Patience(Duration hello, Duration line, Duration reading, Duration idle) {
    static final Patience USUAL =
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofHours(1));
  }

  /** What the connections of a server share. */
  interface Desk {
    /** What a client must know; null for nothing. */
    @Nullable String password();

    int longestLine();

    Budget budget();

    /** Who a client's commands come from, from now on. */
    FaktoryWorker entered(Hello hello, Connection connection);

    Reply answer(byte[] line, FaktoryWorker worker) throws InterruptedException;

    /** This reply did not reach the client. */
    void undelivered(Reply reply);

    /** The connection is over. */
    void left(Connection connection, @Nullable FaktoryWorker worker);
  }

  /**
   * @param tls null for a client that speaks without
   */
  Connection(Socket socket, @Nullable SSLSocketFactory tls, Patience patience, Desk desk) {
    this.socket = socket;
    this.tls = tls;
    this.patience = patience;
    this.desk = desk;
    within(patience.hello);
  }

  @Override
  public void run() {
    FaktoryWorker worker = null;
    try (socket;
        Socket talk = talk();
        LineInput in = new LineInput(talk.getInputStream(), desk.budget())) {
      OutputStream out = new BufferedOutputStream(talk.getOutputStream());
      worker = greet(in, out);
      if (worker != null) {
        serve(in, out, worker);
      }
    } catch (IOException e) {
      LOG.debug("a client is gone: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      desk.left(this, worker);
    }
  }

  private Socket talk() throws IOException {
    if (tls == null) {
      return socket;
    }
    SSLSocket encrypted = (SSLSocket) tls.createSocket(socket, null, socket.getPort(), true);
    encrypted.setUseClientMode(false);
    return encrypted;
  }

  /**
   * Hangs up, whatever is going on. Twice is harmless. TLS's own farewell would wait for a client
   * that does not read.
   */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("could not hang up: {}", e.toString());
    }
  }

  /** Hangs up if the client has taken too long. */
  void watch(long now) {
    if (deadline != NONE && now - deadline > 0) {
      LOG.debug("hanging up on a client that took too long");
      close();
    }
  }

  /** Since when nothing was asked, as {@link System#nanoTime}; null while something is. */
  @Nullable Long idleSince() {
    return idle && !consumer ? (Long) idleSince : null;
  }

  private @Nullable FaktoryWorker greet(LineInput in, OutputStream out)
      throws IOException, InterruptedException {
    String password = desk.password();
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    Hello.Challenge challenge = Hello.Challenge.draw(random);
    new Reply.Simple("HI " + hi(password == null ? null : challenge)).writeTo(out);
    try {
      byte[] line = in.next(LONGEST_HELLO, () -> {});
      if (line == null) {
        return null;
      }
      Hello hello = Hello.read(line);
      if (password != null && !challenge.metBy(hello, password)) {
        // Whoever tries them all shall take their time.
        Thread.sleep(Duration.ofMillis(500));
        throw new Refused("Invalid password");
      }
      consumer = !hello.wid().isEmpty();
      FaktoryWorker worker = desk.entered(hello, this);
      Reply.ok().writeTo(out);
      return worker;
    } catch (Refused e) {
      e.reply().writeTo(out);
      return null;
    }
  }

  /** Without spaces: clients split the line at one. */
  private static String hi(Hello.@Nullable Challenge challenge) {
    return challenge == null
        ? "{\"v\":2}"
        : "{\"v\":2,\"i\":" + challenge.iterations() + ",\"s\":\"" + challenge.salt() + "\"}";
  }

  private void serve(LineInput in, OutputStream out, FaktoryWorker worker)
      throws IOException, InterruptedException {
    while (true) {
      rest();
      Reply reply = next(in, worker);
      if (reply == null) {
        return;
      }
      within(patience.reading);
      try {
        reply.writeTo(out);
      } catch (IOException e) {
        desk.undelivered(reply);
        throw e;
      }
      if (reply instanceof Reply.Last) {
        return;
      }
    }
  }

  /** What to say to the next command; null where none comes. */
  private @Nullable Reply next(LineInput in, FaktoryWorker worker)
      throws IOException, InterruptedException {
    byte[] line;
    try {
      line =
          in.next(
              desk.longestLine(),
              () -> {
                idle = false;
                within(patience.line);
              });
    } catch (Refused e) {
      return new Reply.Last(e.reply());
    }
    deadline = NONE;
    return line == null ? null : desk.answer(line, worker);
  }

  private void rest() {
    within(patience.idle);
    idleSince = System.nanoTime();
    idle = true;
  }

  private void within(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
  }
}
