package io.jobyard.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between clients and a server, and may hold up every question for a while, as a server does
 * that is stopped again and again. Safe for any thread. Closing it cuts every connection.
 */
public final class SlowRoad implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  private final URI server;
  private final ServerSocket door;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile Duration delay = Duration.ZERO;

  /**
   * @param url of the server, as Jobyard names stores, with its port
   */
  public SlowRoad(String url) {
    this.server = URI.create(url);
    try {
      this.door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port was free", e);
    }
    Thread unusedThread = Thread.ofVirtual().start(this::accept);
  }

  /** The same server, by way of this. */
  public String url() {
    return server.toString().replaceFirst(":" + server.getPort() + "/", ":" + port() + "/");
  }

  /** From now on the server gets every question so much later. */
  public void delay(Duration delay) {
    this.delay = delay;
  }

  @Override
  public void close() {
    try {
      door.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the road to " + server + " was not closed", e);
    }
  }

  private int port() {
    return door.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Socket there = new Socket(server.getHost(), server.getPort());
        client.setTcpNoDelay(true);
        there.setTcpNoDelay(true);
        sockets.addAll(List.of(client, there));
        start(() -> questions(client, there), client, there);
        start(() -> there.getInputStream().transferTo(client.getOutputStream()), client, there);
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void questions(Socket client, Socket there) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = there.getOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
      hold();
      out.write(chunk, 0, length);
    }
  }

  private void hold() {
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private interface Way {
    void go() throws IOException;
  }

  private static void start(Way way, Socket client, Socket there) {
    Thread unusedThread =
        Thread.ofVirtual()
            .start(() -> {
              try (client;
                  there) {
                way.go();
              } catch (IOException e) {
                return; // one of the two hung up
              }
            });
  }
}
