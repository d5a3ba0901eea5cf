package io.jobyard.store.postgresql;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between stores and their server, and passes on all but notifications, as a pooler in
 * transaction mode does. Closing it cuts every connection.
 */
final class Relay implements AutoCloseable {
  /** What begins a notification, by PostgreSQL's protocol. */
  private static final int NOTIFICATION = 'A';

  private final URI server;
  private final ServerSocket door;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /**
   * @param url of the server, as Jobyard names stores
   */
  Relay(String url) {
    this.server = URI.create(url);
    try {
      this.door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port was free", e);
    }
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** The same store, by way of this. */
  String url() {
    String address = InetAddress.getLoopbackAddress().getHostAddress() + ":" + door.getLocalPort();
    return server.toString().replace(server.getRawAuthority(), authority(address))
        + "&sslmode=disable&gssEncMode=disable";
  }

  private String authority(String address) {
    String user = server.getRawUserInfo();
    return user == null ? address : user + "@" + address;
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Socket there = new Socket(server.getHost(), server.getPort() < 0 ? 5432 : server.getPort());
        there.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        sockets.addAll(List.of(client, there));
        start(() -> client.getInputStream().transferTo(there.getOutputStream()), client, there);
        start(() -> answers(there, client), client, there);
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private interface Way {
    void go() throws IOException;
  }

  private static void start(Way way, Socket client, Socket there) {
    Thread unusedThread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (client;
                  there) {
                way.go();
              } catch (IOException e) {
                return; // one of the two hung up
              }
            });
  }

  /** Message by message: a letter, the length with itself, the rest. */
  private static void answers(Socket there, Socket client) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(there.getInputStream()));
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    for (int kind = in.read(); kind >= 0; kind = in.read()) {
      int length = in.readInt();
      byte[] message = new byte[length + 1];
      message[0] = (byte) kind;
      for (int i = 0; i < Integer.BYTES; i++) {
        message[1 + i] = (byte) (length >>> (24 - 8 * i));
      }
      in.readFully(message, 1 + Integer.BYTES, length - Integer.BYTES);
      if (kind != NOTIFICATION) {
        out.write(message);
      }
    }
  }
}
