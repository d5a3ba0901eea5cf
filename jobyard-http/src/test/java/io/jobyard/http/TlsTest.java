package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.config.Tls;
import io.jobyard.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final Doors.Patience SHORT =
      new Doors.Patience(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(1));

  private static TestCertificate certificate;

  @BeforeAll
  static void make(@TempDir Path dir) throws Exception {
    certificate = TestCertificate.make(dir);
  }

  private static Running open(Tls tls) {
    return Running.open(c -> c.httpTls(tls), SHORT);
  }

  private static Tls pem() {
    return new Tls.Pem(certificate.file(), certificate.key());
  }

  private static HttpResponse<String> jobs(Running running, SSLContext trust) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
      URI uri = URI.create(running.server.address() + "/api/v1/jobs");
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
  }

  @Test
  void whoTrustsTheCertificateIsAnswered() throws Exception {
    try (Running running = open(pem())) {
      assertThat(running.server.address()).hasScheme("https");
      assertThat(jobs(running, certificate.trusting()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aKeyStoreWillDoAsWell() throws Exception {
    try (Running running = open(new Tls.Pkcs12(certificate.pkcs12(), TestCertificate.PASSWORD))) {
      assertThat(jobs(running, certificate.trusting()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoDoesNotTrustItIsNotTalkedInto() throws Exception {
    try (Running running = open(pem())) {
      assertThatThrownBy(() -> jobs(running, SSLContext.getDefault()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void plainWordsAreNotAnsweredInPlainWords() throws Exception {
    try (Running running = open(pem());
        Socket socket = connect(running)) {
      socket
          .getOutputStream()
          .write("GET /api/v1/jobs HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("HTTP/1.1 2", "jobs");
    }
  }

  @Test
  void whoGreetsByTheByteIsHungUpOn() throws Exception {
    try (Running running = open(pem());
        Socket socket = connect(running)) {
      long began = System.nanoTime();
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2}); // a greeting of 512 bytes begins
      assertThat(ended(socket.getInputStream())).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    }
  }

  private static Socket connect(Running running) throws IOException {
    Socket socket = new Socket("127.0.0.1", running.server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static boolean ended(InputStream in) throws IOException {
    try {
      return in.readAllBytes().length >= 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void filesThatDoNotFitAreSaidAtTheStart() {
    Path file = certificate.file();
    assertThatThrownBy(() -> open(new Tls.Pem(file, file)).close())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    assertThatThrownBy(() -> open(new Tls.Pem(certificate.key(), certificate.key())).close())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining(certificate.key().toString());
    assertThatThrownBy(() -> open(new Tls.Pkcs12(certificate.pkcs12(), "wrong")).close())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("with this password");
  }
}
