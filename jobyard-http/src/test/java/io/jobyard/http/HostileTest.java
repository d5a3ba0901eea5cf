package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.config.Login;
import io.jobyard.config.Role;
import io.jobyard.http.Running.Answer;
import io.jobyard.store.JobFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nobody means well by. */
class HostileTest {
  private static final long SEED = 20261121;
  private static final int MOST_BODY = 64 * 1024;
  private static final Doors.Patience SHORT =
      new Doors.Patience(Duration.ofSeconds(20), Duration.ofMillis(300), Duration.ofSeconds(1));

  private static Running running;

  @BeforeAll
  static void open() {
    running = Running.open(c -> c.httpMaxBody(MOST_BODY).httpMaxConnections(40), SHORT);
  }

  @AfterAll
  static void close() {
    assertThat(running.get("/api/v1/health").status()).as("it answers to the end").isEqualTo(200);
    running.close();
  }

  private static void harmless(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
    assertThat(answer.header("Content-Type")).isEqualTo(Problem.TYPE);
    assertThat(answer.json().get("status").asInt()).isEqualTo(answer.status());
    assertThat(answer.body()).doesNotContain("Exception", "\\tat ", "io.jobyard", "tools.jackson");
  }

  private static Answer post(String path, byte[] body) {
    return running.send(
        running
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  @Test
  void garbageForBodiesIsRefusedAndStoresNothing() {
    Random random = new Random(SEED);
    byte[] valid =
        "{\"jobs\":[{\"kind\":\"k\",\"queue\":\"fuzz\",\"retries\":3,\"delay\":\"1s\",\"payload\":{}}]}"
            .getBytes(StandardCharsets.UTF_8);
    List<String> paths =
        running.server.routes().stream()
            .filter(route -> route.method().equals("POST"))
            .filter(route -> route.path().startsWith("/api/"))
            .map(route -> route.path().replace("{queue}", "fuzz").replaceAll("\\{[a-z]+}", "x"))
            .filter(path -> !path.contains("/x/") && !path.contains("/pause"))
            .filter(path -> !path.contains("/resume"))
            .toList();
    assertThat(paths).hasSizeGreaterThan(6);
    for (int i = 0; i < 400; i++) {
      byte[] body = new byte[random.nextInt(1, 300)];
      random.nextBytes(body);
      harmless(post(paths.get(i % paths.size()), body));
    }
    for (int i = 0; i < 600; i++) {
      byte[] body = valid.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      Answer answer = post("/api/v1/jobs/batch", body);
      if (answer.status() != 201) {
        harmless(answer);
      }
    }
    running.store.forget(JobFilter.of("fuzz"), 1_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"kind\":\"k\",\"retries\":1e9}",
        "{\"kind\":\"k\",\"retries\":99999999999999999999999}",
        "{\"kind\":\"k\",\"priority\":-2147483649}",
        "{\"kind\":\"k\",\"delay\":\"99999999999999999999d\"}",
        "{\"kind\":\"k\",\"delay\":\"-1s\"}",
        "{\"kind\":\"k\",\"at\":\"+999999999-12-31T23:59:59Z\"}",
        "{\"kind\":\"k\",\"timeout\":5}",
        "{\"kind\":\"k\",\"backoff\":\"from: 2s, to: 1s\"}",
        "{\"kind\":\"k\",\"id\":\"1-1-1-1-1\"}",
        "{\"kind\":\"k\",\"kind\":\"l\"}",
        "{\"kind\":\"k\",\"payload\":{\"a\":1,\"a\":2}}",
        "{\"kind\":\"a b\"}",
        "{\"kind\":[]}",
        "{\"kind\":\"k\",\"queue\":\"../../etc\\u0000\"}",
        "{\"kind\":\"k\"} {}",
        "{\"kind\":\"k\",\"payload\":NaN}",
        "[]",
        "null",
        "\"\"",
      })
  void strangeValuesAreNamed(String job) {
    harmless(running.post("/api/v1/jobs", job));
  }

  @Test
  void wrongEncodingsAreRefused() {
    byte[] body = "{\"kind\":\"k\",\"payload\":\"??\"}".getBytes(StandardCharsets.US_ASCII);
    for (byte[] bad :
        new byte[][] {{(byte) 0xC0, (byte) 0xAF}, {(byte) 0xED, (byte) 0xA0}, {'x', (byte) 0xFF}}) {
      byte[] wrong = body.clone();
      int at = new String(body, StandardCharsets.US_ASCII).indexOf("??");
      System.arraycopy(bad, 0, wrong, at, 2);
      Answer answer = post("/api/v1/jobs", wrong);
      harmless(answer);
      assertThat(answer.detail()).isEqualTo("the body is not UTF-8");
    }
    harmless(post("/api/v1/jobs", "{\"kind\":\"k\"}".getBytes(StandardCharsets.UTF_16)));
    Answer latin =
        running.send(
            running
                .request("/api/v1/jobs")
                .header("Content-Type", "application/json; charset=latin1")
                .POST(BodyPublishers.ofString("{\"kind\":\"k\"}")));
    assertThat(latin.status()).isEqualTo(415);
    Answer zipped = running.post("/api/v1/jobs", "{\"kind\":\"k\"}", "Content-Encoding", "gzip");
    assertThat(zipped.status()).isEqualTo(415);
  }

  @Test
  void whatIsTooLargeIsNotTakenIn() throws IOException {
    harmless(post("/api/v1/jobs", new byte[MOST_BODY + 1]));
    String nested = "{\"kind\":\"k\",\"payload\":" + "[".repeat(MOST_BODY / 2);
    harmless(running.post("/api/v1/jobs", nested));
    Answer chunked =
        running.send(
            running
                .request("/api/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.fromPublisher(
                        BodyPublishers.ofByteArray(new byte[MOST_BODY * 2]))));
    assertThat(chunked.status()).isEqualTo(413);
    assertThat(
            raw(
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                    + "\r\nContent-Length: 99999999999\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
    assertThat(raw("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(running.get("/api/v1/jobs?text=" + "a".repeat(2_000)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /api/v1/jobs/%00 HTTP/1.1",
    "GET /api/v1/jobs/%zz HTTP/1.1",
    "GET /api/v1/../../etc/passwd HTTP/1.1",
    "GET /api/v1/queues/..%2f..%2fx HTTP/1.1",
    "GET /api/v1//jobs HTTP/1.1",
    "GET /api/v1/jobs;x=y HTTP/1.1",
    "GET http://evil/api/v1/jobs HTTP/1.1",
    "GET /api/v1/jobs?limit=%ff%fe HTTP/1.1",
    "BREW /api/v1/jobs HTTP/1.1",
    "TRACE /api/v1/jobs HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET /api/v1/jobs HTTP/9.9",
    "GET",
    "\u0000\u0001\u0002",
  })
  void strangeRequestsAreRefused(String line) throws IOException {
    String answer = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answer).matches("(?s)HTTP/1.1 [45]\\d\\d .*").doesNotContain("Exception", "\tat ");
    assertThat(answer).doesNotMatch("(?s)HTTP/1.1 500 .*");
  }

  @Test
  void twoWaysToSayHowLongIsNone() throws IOException {
    String head =
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    assertThat(raw(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(raw(head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   "))
        .startsWith("HTTP/1.1 400");
    assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
  }

  @Test
  void pagesOfOtherSitesMayNotAsk() throws IOException {
    String job = "{\"kind\":\"k\",\"queue\":\"stolen\"}";
    for (String[] foreign :
        new String[][] {
          {"Origin", "http://evil.example"},
          {"Origin", "null"},
          {"Origin", "http://localhost:1"},
          {"Origin", "http://127.0.0.1.evil.example"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"},
          {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
        }) {
      assertThat(running.post("/api/v1/jobs", job, foreign).status())
          .as(List.of(foreign).toString())
          .isEqualTo(403);
    }
    for (String host : List.of("evil.example", "127.0.0.1.nip.io", "localhost.evil", "[::2]")) {
      assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
          .as(host)
          .startsWith("HTTP/1.1 421");
    }
    assertThat(
            running
                .send(
                    running
                        .request("/api/v1/jobs")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(job)))
                .status())
        .isEqualTo(415);
    String own = running.server.address().toString();
    assertThat(running.post("/api/v1/jobs", job.replace("stolen", "own"), "Origin", own).status())
        .isEqualTo(201);
    assertThat(running.store.list(JobFilter.of("stolen"), null, 1).jobs()).isEmpty();
  }

  @Test
  void noRoleReachesBeyondItself() {
    String token = Secrets.token();
    try (Running own =
        Running.open(c ->
            c.httpAuth(
                new Login.Token(Role.READ, token), new Login.Token(Role.ADMIN, Secrets.token())))) {
      // Pages answer otherwise: they lead to the login.
      List<HttpServer.Route> routes =
          own.server.routes().stream().filter(one -> one.path().startsWith("/api/")).toList();
      assertThat(routes).hasSizeGreaterThan(25);
      for (HttpServer.Route route : routes) {
        String path = route.path().replaceAll("\\{[a-z]+}", "x");
        var request =
            own.request(path, "Authorization", "Bearer " + token)
                .method(route.method(), BodyPublishers.noBody());
        var unknown = own.request(path).method(route.method(), BodyPublishers.noBody());
        if (route.need() == Need.OPERATE || route.need() == Need.ADMIN) {
          assertThat(own.send(request).status()).as(route.toString()).isEqualTo(403);
        }
        if (route.need() != Need.NOTHING) {
          assertThat(own.send(unknown).status()).as(route.toString()).isEqualTo(401);
        }
      }
    }
  }

  @Test
  void whoSendsHisHeadersByTheByteIsHungUpOn() throws Exception {
    long began = System.nanoTime();
    try (Socket socket = connect()) {
      socket.setSoTimeout(100);
      String head = "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      boolean open = true;
      while (open && System.nanoTime() - began < Duration.ofSeconds(20).toNanos()) {
        try {
          socket.getOutputStream().write('a');
          open = socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
          open = true;
        } catch (IOException e) {
          open = false;
        }
      }
      assertThat(open).isFalse();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void idleConnectionsDoNotKeepOthersOut() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 120; i++) {
        idle.add(connect());
      }
      assertThat(running.get("/api/v1/health").status()).isEqualTo(200);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void tenThousandIdleConnectionsDoNotKeepOthersOut() throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try (Running wide = Running.open(c -> c.httpMaxConnections(1_000), SHORT)) {
      var address = new InetSocketAddress("127.0.0.1", wide.server.address().getPort());
      for (int i = 1; i <= 10_000; i++) {
        idle.add(SocketChannel.open(address));
        if (i % 2_000 == 0) {
          assertThat(wide.get("/api/v1/health").status()).as("beside %d", i).isEqualTo(200);
        }
      }
      assertThat(wide.post("/api/v1/jobs", "{\"kind\":\"k\"}").status()).isEqualTo(201);
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
  }

  private static Socket connect() throws IOException {
    return new Socket("127.0.0.1", running.server.address().getPort());
  }

  /** What comes back for these very bytes. */
  private static String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      var out = new ByteArrayOutputStream();
      while (!ended(out)) {
        int b = in.read();
        if (b < 0) {
          break;
        }
        out.write(b);
      }
      return out.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private static boolean ended(ByteArrayOutputStream answer) {
    String text = answer.toString(StandardCharsets.ISO_8859_1);
    return text.contains("\r\n\r\n") && text.endsWith("}");
  }
}
