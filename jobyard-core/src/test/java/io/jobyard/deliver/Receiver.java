package io.jobyard.deliver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/** Somebody who takes jobs in over HTTP and keeps what came. */
final class Receiver implements AutoCloseable {
  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final IntFunction<Response> answers;

  /** One that came. */
  record Request(String method, String path, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  /** What to say to it. */
  record Response(int status, Map<String, String> headers, String body) {
    Response(int status, String body) {
      this(status, Map.of(), body);
    }
  }

  /**
   * @param answers the answer to the first request, the second …
   */
  Receiver(IntFunction<Response> answers) {
    this.answers = answers;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/jobs?from=test";
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int number;
      synchronized (this) {
        requests.add(
            new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                Map.copyOf(exchange.getRequestHeaders()),
                body));
        number = requests.size();
      }
      Response response = answers.apply(number);
      response.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      byte[] bytes = response.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(response.status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
