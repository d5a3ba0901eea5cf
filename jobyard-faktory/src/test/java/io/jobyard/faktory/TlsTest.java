package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.testing.TestCertificate;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir private Path dir;
  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws Exception {
    certificate = TestCertificate.make(dir);
  }

  private Listening server(Path key) {
    return new Listening(
        "memory:" + UUID.randomUUID(),
        c -> c,
        Listening.tls(certificate.file(), key),
        Listening.usual());
  }

  @Test
  void clientsThatTrustTheCertificateComeIn() throws Exception {
    try (Listening server = server(certificate.key());
        Client client =
            new Client(
                certificate
                    .trusting()
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), server.port()))) {
      assertThat(client.say("HELLO {\"v\":2,\"wid\":\"w\"}")).isEqualTo("+OK");
      client.push("{\"jid\":\"over-tls\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(client.job("default").path("jid").asString()).isEqualTo("over-tls");
    }
  }

  @Test
  void aFileThatIsNoKeyIsSaidAtTheStart() {
    assertThatThrownBy(() -> server(certificate.file()).close())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
  }
}
