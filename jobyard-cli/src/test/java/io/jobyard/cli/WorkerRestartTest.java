package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration that cannot boot costs no node; one node for all of these. */
class WorkerRestartTest {
  @TempDir private static Path folder;
  private static int port;
  private static ServerSocket others;

  @BeforeAll
  static void start() throws Exception {
    others = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    TestCertificate certificate = TestCertificate.make(folder);
    Files.copy(certificate.file(), folder.resolve("good.pem"));
    Files.writeString(folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nbroken\n");
    configure("{}");
    assertThat(Ran.in(folder, "worker", "start", "-d").err()).isEmpty();
  }

  @AfterAll
  static void stop() throws IOException {
    others.close();
    configure("{}");
    assertThat(Ran.in(folder, "worker", "stop").code()).isZero();
  }

  /** A good configuration with something more: keys in braces. */
  private static void configure(String more) throws IOException {
    String keys = more.substring(1, more.length() - 1);
    Files.writeString(
        folder.resolve("jobyard.yaml"),
        """
        {node: n1, store: 'memory:', queues: {default: {processes: 1, memory: 32m}},
        http: {port: %d}, %s}
        """
            .formatted(port, keys)
            .replace("http: {port: " + port + "}, http:", "http:"));
  }

  private static long pid() throws IOException {
    configure("{}");
    Ran status = Ran.in(folder, "worker", "status", "--json");
    assertThat(status.err()).isEmpty();
    return status.json().get("pid").asLong();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {watch: true}                                                   | nothing to watch
          {http: {port: OTHERS}}                                          | http.port
          {http: {port: 0, tls: {certificate: none.pem, key: none.pem}}}  | none.pem
          {http: {port: 0, tls: {certificate: broken.pem, key: n.key}}}   | broken.pem
          {http: {port: 0, tls: {keystore: broken.pem, password: secret}}} | cannot be opened as PKCS12
          {faktory: {port: OTHERS}}                                       | faktory.port
          {faktory: {port: 0, certificate: broken.pem, key: broken.pem}}  | faktory.certificate
          {faktory: {port: 0, certificate: good.pem, key: good.pem}}      | faktory.key
          {tables: {big: {rows: 100000, columns: {text: string(65536)}}}} | the most is 2 GiB
          {classpath: [app.jar]}                                          | app.jar does not exist
          """)
  void leavesTheNodeAloneWhereTheNextCouldNotStart(String more, String why) throws Exception {
    long before = pid();
    configure(more.replace("OTHERS", Integer.toString(others.getLocalPort())));

    Ran ran = Ran.in(folder, "worker", "restart", "-d");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("jobyard: ").contains(why);
    assertThat(pid()).isEqualTo(before);
    assertThat(ProcessHandle.of(before)).matches(node -> node.orElseThrow().isAlive());
  }

  @Test
  void startsAnotherOnThePortThatTheFirstFrees() throws Exception {
    long before = pid();

    Ran ran = Ran.in(folder, "worker", "restart", "-d", "--json");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.json().get("pid").asLong()).isNotEqualTo(before).isEqualTo(pid());
    assertThat(ProcessHandle.of(before).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void theCheckOfTheConfigurationFindsAWatchOfNothing() throws Exception {
    configure("{watch: true}");

    Ran ran = Ran.in(folder, "config", "check");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("watch is true").contains("classpath");
  }
}
