package io.jobyard.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.config.ConfigInvalid;
import io.jobyard.config.Configurer;
import io.jobyard.config.QueueSettings;
import io.jobyard.run.LocalNode;
import io.jobyard.store.JobView;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that go out, from the push to what became of them. */
class DeliverTest {
  private static final String SECRET = "0123456789abcdef";

  private @Nullable Jobyard yard;
  private @Nullable LocalNode node;

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
      node = null;
    }
    if (yard != null) {
      yard.close();
      yard = null;
    }
  }

  private void delivering(String url, UnaryOperator<QueueSettings> change) {
    Jobyard open =
        Jobyard.open(
            new Configurer()
                .environment(Map.of())
                .store("memory:" + UUID.randomUUID())
                .stopTimeout(Duration.ofMillis(100))
                .queue(
                    "out",
                    q ->
                        change.apply(
                            q.deliver(url, SECRET)
                                .deliverPrivate(true)
                                .processes(1)
                                .retries(1)
                                .keepSucceeded(Duration.ofHours(1))
                                .killGrace(Duration.ofSeconds(5))
                                .backoff(Backoff.fixed(Duration.ZERO))))
                .build());
    yard = open;
    node = open.work("out");
  }

  private UUID push() {
    return yard().push("invoice", Map.of("number", 7), PushOptions.on("out")).id();
  }

  private JobView end(UUID id) {
    await("the end of the job")
        .atMost(Duration.ofMinutes(1))
        .until(() -> job(id).state().finished());
    return job(id);
  }

  private JobView job(UUID id) {
    return yard().job(id).orElseThrow();
  }

  private Jobyard yard() {
    return Objects.requireNonNull(yard);
  }

  private static String result(JobView job) {
    return new String(Objects.requireNonNull(job.result()), StandardCharsets.UTF_8);
  }

  @Test
  void aJobIsASignedRequestAndTheAnswerItsResult() {
    try (Receiver receiver = new Receiver(n -> new Receiver.Response(200, "{\"sent\":true}"))) {
      delivering(receiver.url(), q -> q);
      JobView job = end(push());
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(result(job)).isEqualTo("{\"sent\":true}");
      Receiver.Request request = receiver.requests.getFirst();
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.path()).isEqualTo("/jobs?from=test");
      assertThat(request.header("Host")).isEqualTo("127.0.0.1:" + receiver.port());
      assertThat(request.header("Content-Type")).isEqualTo("application/json");
      assertThat(request.header("Jobyard-Job-Id")).isEqualTo(job.id().toString());
      assertThat(request.header("Idempotency-Key")).isEqualTo(job.id().toString());
      assertThat(request.header("Jobyard-Attempt")).isEqualTo("1");
      String timestamp = request.header("Jobyard-Timestamp");
      assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
          .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(1));
      assertThat(request.header("Jobyard-Signature"))
          .isEqualTo(
              Signature.of(SECRET, timestamp, request.body().getBytes(StandardCharsets.UTF_8)));
      assertThat(request.body())
          .startsWith("{\"id\":\"" + job.id() + "\",\"queue\":\"out\",\"kind\":\"invoice\"")
          .contains("\"attempt\":1,\"last_attempt\":false,\"deadline\":\"")
          .endsWith("\"payload\":{\"number\":7}}");
    }
  }

  @Test
  void theSignatureIsWhatOthersCompute() {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
    assertThat(Signature.of(SECRET, "1700000000", "{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
  }

  @Test
  void aTextIsAResultToo() {
    try (Receiver receiver = new Receiver(n -> new Receiver.Response(201, "done é"))) {
      delivering(receiver.url(), q -> q);
      assertThat(result(end(push()))).isEqualTo("\"done é\"");
    }
  }

  @Test
  void anotherStatusIsAFailureThatIsRetried() {
    try (Receiver receiver =
        new Receiver(
            n -> new Receiver.Response(n == 1 ? 500 : 204, n == 1 ? "x".repeat(5_000) : ""))) {
      delivering(receiver.url(), q -> q);
      JobView job = end(push());
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.result()).isNull();
      Failure failure = job.errors().getFirst();
      assertThat(failure.className()).isEqualTo("io.jobyard.DeliveryFailed");
      assertThat(failure.message()).isEqualTo("the receiver answered 500: " + "x".repeat(1_024));
      assertThat(receiver.requests.get(1).header("Jobyard-Attempt")).isEqualTo("2");
      assertThat(receiver.requests.get(1).body()).contains("\"last_attempt\":true");
    }
  }

  @Test
  void aReceiverPutsAJobOffAtNoCost() {
    try (Receiver receiver =
        new Receiver(n ->
            n <= 3
                ? new Receiver.Response(
                    n == 2 ? 503 : 429, Map.of("Retry-After", n == 3 ? "0" : "1"), "later")
                : new Receiver.Response(200, ""))) {
      delivering(receiver.url(), q -> q.retries(0));
      UUID id = push();
      await("to be put off").until(() -> job(id).state() == JobState.SCHEDULED);
      JobView job = end(id);
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.counts().charged()).isZero();
      assertThat(job.finishedAt()).isAfter(job.pushedAt().plusMillis(1_900));
    }
  }

  @Test
  void beyondItsPatienceAJobThatIsPutOffFails() {
    try (Receiver receiver =
        new Receiver(n -> new Receiver.Response(503, Map.of("Retry-After", "3600"), ""))) {
      delivering(receiver.url(), q -> q.retries(0).deliverPatience(Duration.ofMinutes(5)));
      JobView job = end(push());
      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.errors().getFirst().message()).isEqualTo("the receiver answered 503");
    }
  }

  @Test
  void aRedirectIsNotFollowed() {
    try (Receiver receiver =
        new Receiver(n ->
            new Receiver.Response(
                307, Map.of("Location", "http://169.254.169.254/latest/meta-data"), ""))) {
      delivering(receiver.url(), q -> q.retries(0));
      assertThat(end(push()).errors().getFirst().message())
          .contains("answered 307, a redirect to 'http://169.254.169.254/latest/meta-data'")
          .contains("not followed");
      assertThat(receiver.requests).hasSize(1);
    }
  }

  @Test
  void anAddressOfThisMachineIsRefusedUnlessAllowed() {
    try (Receiver receiver = new Receiver(n -> new Receiver.Response(200, ""))) {
      for (String host : new String[] {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}) {
        delivering(
            "http://" + host + ":" + receiver.port() + "/",
            q -> q.retries(0).deliverPrivate(false));
        assertThat(end(push()).errors().getFirst().message())
            .contains("refused to connect to")
            .contains("is this machine; set deliver.allow-private");
        stop();
      }
      assertThat(receiver.requests).isEmpty();
    }
  }

  @Test
  void whoIsNotThereIsAFailure() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    delivering("http://127.0.0.1:" + port + "/", q -> q.retries(0));
    assertThat(end(push()).errors().getFirst().message())
        .startsWith("POST to 127.0.0.1: could not connect");
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws IOException {
    try (Raw receiver =
        new Raw(out -> {
          head(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          while (true) {
            head(out, "1000\r\n" + "x".repeat(0x1000) + "\r\n");
          }
        })) {
      delivering(receiver.url(), q -> q.retries(0));
      JobView job = end(push());
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.result()).isNull();
      assertThat(job.log().getLast()).contains("longer than 1048576 bytes and was not kept");
    }
  }

  @Test
  void aSlowAnswerEndsWithTheTimeout() throws IOException {
    try (Raw receiver =
        new Raw(out -> {
          head(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
          while (true) {
            head(out, "x");
            pause();
          }
        })) {
      delivering(receiver.url(), q -> q.timeout(Duration.ofMillis(500)));
      JobView job = end(push());
      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.errors().getFirst().type()).isEqualTo(FailureType.TIMEOUT);
    }
  }

  @Test
  void anAnswerThatIsNoneIsAFailure() throws IOException {
    try (Raw receiver = new Raw(out -> head(out, "220 smtp.example.org ESMTP\r\n"))) {
      delivering(receiver.url(), q -> q.retries(0));
      assertThat(end(push()).errors().getFirst().message())
          .startsWith("POST to 127.0.0.1: no answer: ");
    }
    stop();
    try (Raw receiver =
        new Raw(out -> head(out, "HTTP/1.1 200 OK\r\nX: " + "y".repeat(2_000_000) + "\r\n\r\n"))) {
      delivering(receiver.url(), q -> q.retries(0));
      assertThat(end(push()).state()).isEqualTo(JobState.FAILED);
    }
  }

  @Test
  void whatMakesNoSenseIsRefusedInTheConfiguration() {
    assertThatThrownBy(() -> delivering("ftp://example.org/", q -> q))
        .isInstanceOf(ConfigInvalid.class)
        .hasMessageContaining("queues.out.deliver.url must be a URL that begins with http");
    assertThatThrownBy(() -> delivering("http://user:pw@example.org/", q -> q))
        .hasMessageContaining("must have no user, password or fragment");
    assertThatThrownBy(
            () -> new Configurer().queue("out", q -> q.deliver("http://a/", "short")).build())
        .hasMessageContaining("deliver.secret must be a text of at least 16 characters");
  }

  private static void head(OutputStream out, String text) {
    try {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server that keeps to no rules. */
  private static final class Raw implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());

    /** What it does once a request has begun. */
    interface Manners {
      void answer(OutputStream out) throws IOException;
    }

    Raw(Manners manners) throws IOException {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!server.isClosed()) {
              try (Socket client = server.accept()) {
                client.getInputStream().readNBytes(10);
                manners.answer(client.getOutputStream());
              } catch (IOException | UncheckedIOException e) {
                continue; // the client has had enough
              }
            }
          });
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort() + "/";
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
