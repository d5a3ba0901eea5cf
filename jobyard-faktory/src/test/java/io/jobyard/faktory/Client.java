package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bare client: says lines and reads answers. For one thread. */
final class Client implements AutoCloseable {
  static final JsonMapper JSON = new JsonMapper();

  final Socket socket;
  final String hi;
  private final InputStream in;

  Client(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  Client(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(30_000);
    socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
    this.hi = read();
    assertThat(hi).startsWith("+HI {\"v\":2");
  }

  static Client worker(int port, String wid) throws IOException {
    Client client = new Client(port);
    String hello = "{\"wid\":\"%s\",\"hostname\":\"here\",\"pid\":7,\"labels\":[\"test\"],\"v\":2}";
    assertThat(client.say("HELLO " + hello.formatted(wid))).isEqualTo("+OK");
    return client;
  }

  static Client producer(int port) throws IOException {
    Client client = new Client(port);
    assertThat(client.say("HELLO {\"v\":2}")).isEqualTo("+OK");
    return client;
  }

  /** The answer as it stands on the wire; the text of a bulk after its dollar; "$" for none. */
  String say(String line) throws IOException {
    send(line + "\r\n");
    return read();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Null where nothing is there for now. */
  @Nullable JsonNode fetch(String queues) throws IOException {
    String answer = say("FETCH " + queues);
    assertThat(answer).startsWith("$");
    return answer.equals("$") ? null : JSON.readTree(answer.substring(1));
  }

  /** A job that is there. */
  JsonNode job(String queues) throws IOException {
    JsonNode job = fetch(queues);
    assertThat(job).as("a job of " + queues).isNotNull();
    return job;
  }

  JsonNode json(String line) throws IOException {
    String answer = say(line);
    assertThat(answer).startsWith("$");
    return JSON.readTree(answer.substring(1));
  }

  void push(String job) throws IOException {
    assertThat(say("PUSH " + job)).isEqualTo("+OK");
  }

  void ack(String jid) throws IOException {
    assertThat(say("ACK {\"jid\":\"" + jid + "\"}")).isEqualTo("+OK");
  }

  /** Empty where the server has hung up. */
  String read() throws IOException {
    String line = line();
    if (!line.startsWith("$") || line.equals("$-1")) {
      return line.equals("$-1") ? "$" : line;
    }
    byte[] bytes = in.readNBytes(Integer.parseInt(line.substring(1)));
    assertThat(line()).isEmpty();
    return "$" + new String(bytes, StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
