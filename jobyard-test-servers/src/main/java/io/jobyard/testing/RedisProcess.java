package io.jobyard.testing;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * One redis-server process of its own, with its data in a folder of its own, on a port that stays
 * the same over restarts. Its commands are for arranging tests; whoever tests a store uses a
 * client.
 */
public final class RedisProcess implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final int port;
  private final List<String> settings;
  private @Nullable Process process;

  RedisProcess(int port, String... settings) {
    this.port = port;
    this.settings = List.copyOf(Arrays.asList(settings));
    try {
      this.folder = Files.createTempDirectory("jobyard-redis-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /**
   * A port nobody listens on, and that no connection is given for its own end before the server has
   * it: those begin at 32,768 on Linux, and a Cluster's bus is 10,000 above.
   */
  public static int freePort() {
    for (int tries = 0; tries < 1_000; tries++) {
      int port = 10_000 + (int) (Math.random() * 12_000);
      if (isFree(port) && isFree(port + 10_000)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between 10000 and 22000; end other servers");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** Where its files are. */
  public Path folder() {
    return folder;
  }

  /** How long its append-only log is now. */
  public long logged() {
    return log().length();
  }

  /** Cuts off what its log got since it was so long, while it does not run: as a power cut does. */
  public void forget(long since) {
    try (FileChannel channel = FileChannel.open(log().toPath(), StandardOpenOption.WRITE)) {
      channel.truncate(since);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private File log() {
    return folder.resolve("appendonly.aof").toFile();
  }

  /** Starts it and waits until it answers; nothing if it runs. */
  public synchronized void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    try {
      List<String> command = new ArrayList<>();
      command.add(Binary.FILE.getPath());
      command.addAll(settings);
      command.addAll(List.of("--port", Integer.toString(port), "--bind", HOST));
      command.addAll(List.of("--dir", folder.toString(), "--daemonize", "no"));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReply("PONG", "PING");
  }

  /** Asks it to end, so that it writes what it has; waits until it did. */
  public synchronized void stop() {
    end(false);
  }

  /** kill -9. */
  public synchronized void kill() {
    end(true);
  }

  private void end(boolean forcibly) {
    Process running = process;
    if (running == null) {
      return;
    }
    if (forcibly) {
      running.destroyForcibly();
    } else {
      running.destroy();
    }
    try {
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  /** Stops it and starts it again on the same data. */
  public void restart() {
    stop();
    start();
  }

  /** Stops its threads where they are, until {@link #thaw}. */
  public void freeze() {
    signal(Signal.STOP);
  }

  public void thaw() {
    signal(Signal.CONT);
  }

  private void signal(Signal signal) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server on port " + port + " does not run; start it");
    }
    signal.send(running.pid());
  }

  /** Sends one command, words without spaces, and returns its reply as text, errors included. */
  public String command(String... words) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write((String.join(" ", words) + "\r\n").getBytes(StandardCharsets.UTF_8));
      StringBuilder reply = new StringBuilder();
      read(new BufferedInputStream(socket.getInputStream()), reply);
      return reply.toString().strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(InputStream in, StringBuilder reply) throws IOException {
    String line = line(in);
    switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '$' -> {
        int length = Integer.parseInt(line.substring(1));
        if (length >= 0) {
          reply.append(new String(in.readNBytes(length), StandardCharsets.UTF_8)).append('\n');
          line(in);
        }
      }
      case '*' -> {
        for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
          read(in, reply);
        }
      }
      case ' ' -> throw new IOException("the server closed the connection");
      default -> reply.append(line.substring(1)).append('\n');
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Asks again until the reply contains the text. */
  public void awaitReply(String text, String... words) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() < until) {
      try {
        last = command(words);
        if (last.contains(text)) {
          return;
        }
      } catch (UncheckedIOException notYet) {
        last = notYet.getMessage();
      }
      pause();
    }
    throw new IllegalStateException(
        "redis-server on port %d did not answer %s with '%s' within %s, last: %s; see %s"
            .formatted(
                port, String.join(" ", words), text, PATIENCE, last, folder.resolve("server.log")));
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a server", e);
    }
  }

  /** Ends it and removes its data. */
  @Override
  public synchronized void close() {
    kill();
    try (var files = Files.walk(folder)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException gone) {
      // Nothing left to remove.
    }
  }

  /** Unpacked once per JVM. */
  private static final class Binary {
    static final File FILE = unpack();

    private static File unpack() {
      try {
        return ExecutableProvider.newJarResourceProvider().get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
