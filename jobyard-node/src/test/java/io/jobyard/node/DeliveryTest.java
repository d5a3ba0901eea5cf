package io.jobyard.node;

import static io.jobyard.node.RunningNode.delivering;
import static io.jobyard.node.RunningNode.queue;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Delivery;
import io.jobyard.config.QueueConfig;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that go out from worker processes, held to the same rules as those that run in them. */
class DeliveryTest {
  @TempDir Path dir;
  private final CountDownLatch never = new CountDownLatch(1);
  private HttpServer receiver;

  @BeforeEach
  void listen() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    receiver.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (new String(body, StandardCharsets.UTF_8).contains("hang")) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stop() {
    never.countDown();
    receiver.stop(0);
  }

  @Test
  void aJobOfAnyKindGoesOutAndATimeoutEndsTheWait() throws Exception {
    QueueConfig out = delivering(queue("out", 1, 2), here());
    try (var node = new RunningNode(dir, UnaryOperator.identity(), out)) {
      JobView sent = node.awaitEnd(node.push("out", "nobody-knows", "{\"a\":1}"));
      assertThat(sent.state()).isEqualTo(JobState.SUCCEEDED);
      String echo = new String(Objects.requireNonNull(sent.result()), StandardCharsets.UTF_8);
      assertThat(echo).contains("\"kind\":\"nobody-knows\"").endsWith("\"payload\":{\"a\":1}}");
      JobView hanging = node.awaitEnd(pushHanging(node));
      assertThat(hanging.errors().getFirst().type()).isEqualTo(FailureType.TIMEOUT);
      assertThat(node.awaitEnd(node.push("out", "any", "2")).state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  private static UUID pushHanging(RunningNode node) {
    UUID id = UUID.randomUUID();
    NewJob plain = NewJob.of(id, "out", "any", "\"hang\"".getBytes(StandardCharsets.UTF_8));
    node.store.push(
        List.of(
            new NewJob(
                id,
                null,
                plain.queue(),
                plain.kind(),
                plain.payload(),
                plain.due(),
                0,
                null,
                false,
                new JobSettings(0, null, Duration.ofMillis(500), null),
                null,
                null,
                null,
                null)));
    return id;
  }

  private Delivery here() {
    URI url = URI.create("http://localhost:" + receiver.getAddress().getPort() + "/jobs");
    return new Delivery(url, "0123456789abcdef", true, Duration.ZERO);
  }
}
