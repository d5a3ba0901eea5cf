package io.jobyard.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jobyard.DeliveryFailed;
import io.jobyard.config.Delivery;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To whom a request really goes, and whose certificate is good enough. */
class PinnedTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path dir;

  private static PinnedClient client(
      String url, boolean allowPrivate, Target.Resolver resolver, @Nullable KeyStore trusted) {
    Delivery delivery =
        new Delivery(URI.create(url), "0123456789abcdef", allowPrivate, Duration.ZERO);
    return new PinnedClient(new Target(delivery, resolver), trusted);
  }

  private static HttpResponse<Answer> post(PinnedClient client) throws Exception {
    return client.send(request -> request.POST(HttpRequest.BodyPublishers.ofString("hello")), 100);
  }

  @Test
  void theAddressThatWasCheckedIsTheOneConnectedTo() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Receiver receiver = new Receiver(n -> new Receiver.Response(200, "here"))) {
      // The name is nobody's: were it looked up again, there would be no answer.
      PinnedClient client =
          client(
              "http://pinned.invalid:" + receiver.port() + "/a%20b?c=%2F",
              true,
              host -> {
                asked.incrementAndGet();
                return new InetAddress[] {
                  InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")
                };
              },
              null);
      assertThat(new String(post(client).body().bytes(), StandardCharsets.UTF_8)).isEqualTo("here");
      assertThat(asked.get()).isEqualTo(1);
      Receiver.Request request = receiver.requests.getFirst();
      assertThat(request.path()).isEqualTo("/a%20b?c=%2F");
      assertThat(request.header("Host")).isEqualTo("pinned.invalid:" + receiver.port());
    }
  }

  @Test
  void aNameThatLeadsElsewhereTheNextTimeIsCheckedAgain() throws Exception {
    try (Receiver receiver = new Receiver(n -> new Receiver.Response(200, ""))) {
      PinnedClient client =
          client(
              "http://rebound.invalid:" + receiver.port() + "/",
              false,
              host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
              null);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> post(client))
            .isInstanceOf(DeliveryFailed.class)
            .hasMessageContaining("refused to connect to rebound.invalid: 127.0.0.1");
      }
      assertThat(receiver.requests).isEmpty();
    }
  }

  @Test
  void theCertificateMustBeForTheNameAndNotForTheAddress() throws Exception {
    KeyStore named = keys("named", "dns:good.test");
    KeyStore addressed = keys("addressed", "ip:127.0.0.1,dns:other.test");
    List<String> seen = new CopyOnWriteArrayList<>();
    Target.Resolver here = host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};
    try (Https good = new Https(named, seen);
        Https bad = new Https(addressed, seen)) {
      assertThat(
              post(client("https://good.test:" + good.port() + "/", true, here, named))
                  .statusCode())
          .isEqualTo(204);
      assertThat(seen).containsExactly("good.test:" + good.port());
      assertThatThrownBy(
              () -> post(client("https://good.test:" + bad.port() + "/", true, here, addressed)))
          .isInstanceOf(DeliveryFailed.class)
          .hasMessageContaining("no secure connection");
      assertThatThrownBy(
              () -> post(client("https://good.test:" + good.port() + "/", true, here, addressed)))
          .hasMessageContaining("no secure connection");
      assertThat(
              post(client("https://127.0.0.1:" + bad.port() + "/", true, here, addressed))
                  .statusCode())
          .isEqualTo(204);
      assertThat(seen).hasSize(2);
    }
  }

  private KeyStore keys(String name, String san) throws Exception {
    Path file = dir.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + san,
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    // Java trusts the certificates that stand by themselves.
    keys.setCertificateEntry("trusted", keys.getCertificate(name));
    return keys;
  }

  /** A server with a certificate. */
  private static final class Https implements AutoCloseable {
    private final HttpsServer server;

    Https(KeyStore keys, List<String> hosts) throws Exception {
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(context));
      server.createContext(
          "/",
          exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
