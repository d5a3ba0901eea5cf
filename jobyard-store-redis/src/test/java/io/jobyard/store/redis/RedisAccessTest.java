package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisSentinel;
import io.jobyard.testing.RedisServers;
import io.jobyard.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users with few rights, passwords, TLS. */
final class RedisAccessTest {
  private static JobStore open(String url) {
    return RedisStore.open(RedisUrl.of(url), StoreOptions.defaults());
  }

  /** The line of docs/redis.md that tells what rights are needed. */
  private static String[] documentedUser() throws IOException {
    return Files.readAllLines(Path.of("../docs/redis.md")).stream()
        .filter(line -> line.startsWith("ACL SETUSER"))
        .findFirst()
        .orElseThrow()
        .split(" ");
  }

  /** What nodes, producers and operators do. */
  private static void useAll(JobStore store) {
    List<String> told = new CopyOnWriteArrayList<>();
    Node node = Node.at(store);
    Subscription listening = store.listen(told::add);
    UUID id = node.push();
    Awaitility.await().until(() -> !told.isEmpty());
    assertThat(store.find(List.of(id))).hasSize(1);
    assertThat(node.leaseIds(10)).containsExactly(id);
    assertThat(store.beat(node.session())).isTrue();
    assertThat(store.held(node.session())).hasSize(1);
    assertThat(store.orphans(Duration.ofDays(1), 10)).isEmpty();
    assertThat(store.purge(10)).isZero();
    assertThat(store.cancel(List.of(id))).hasSize(1);
    assertThat(store.cancelRequested(node.session())).hasSize(1);
    assertThat(store.list(JobFilter.of(Node.QUEUE), null, 10).jobs()).hasSize(1);
    store.pause(Node.QUEUE, true);
    assertThat(store.queues()).hasSize(1);
    assertThat(store.report().findings()).noneMatch(finding -> finding.text().contains("NOPERM"));
    store.leave(node.session());
    listening.close();
  }

  @Test
  void theDocumentedRightsAreEnough() throws IOException {
    try (RedisProcess server = RedisServers.startSingle()) {
      assertThat(server.command(documentedUser())).isEqualTo("OK");
      server.command("ACL", "SETUSER", "default", "off");
      String host = "127.0.0.1:" + server.port();
      try (JobStore store = open("redis://jobyard:SECRET@" + host)) {
        useAll(store);
      }
      assertThatThrownBy(() -> open("redis://jobyard:wrong@" + host))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("WRONGPASS")
          .hasMessageNotContaining("wrong@");
      assertThatThrownBy(() -> open("redis://" + host))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("NOAUTH");
      assertThatThrownBy(() -> open("redis://jobyard:SECRET@" + host + "?prefix=other"))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("NOPERM");
    }
  }

  @Test
  void aPasswordAloneIsEnoughForOldServers() {
    try (RedisProcess server = RedisServers.startSingle()) {
      assertThat(server.command("CONFIG", "SET", "requirepass", "p@ss")).isEqualTo("OK");
      try (JobStore store = open("redis://p%40ss@127.0.0.1:" + server.port())) {
        useAll(store);
      }
    }
  }

  @Test
  void sentinelsHaveAPasswordOfTheirOwn() {
    try (RedisSentinel sentinel = RedisServers.startSentinel()) {
      sentinel.requireLogin("default", "p@ss");
      try (JobStore store = open(sentinel.url() + "?sentinel-password=p%40ss")) {
        useAll(store);
        assertThat(store.report().url()).doesNotContain("p@ss").doesNotContain("p%40ss");
      }
      assertRefused(sentinel.url() + "?sentinel-password=wrong-one", "WRONGPASS");
      assertRefused(sentinel.url(), "NOAUTH");
    }
  }

  /** Tried again where the client lost the answer, since the Sentinel had hung up already. */
  private void assertRefused(String address, String answer) {
    await()
        .untilAsserted(() ->
            assertThatThrownBy(() -> open(address))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining(answer)
                .hasMessageContaining("sentinel-password")
                .hasMessageNotContaining("wrong-one"));
  }

  @Test
  void sentinelsMayAskForAUserToo() {
    try (RedisSentinel sentinel = RedisServers.startSentinel()) {
      sentinel.requireLogin("watcher", "secret");
      try (JobStore store =
          open(sentinel.url() + "?sentinel-user=watcher&sentinel-password=secret")) {
        useAll(store);
      }
    }
  }

  @Test
  void whatIsForSentinelsIsRefusedElsewhereWithoutItsValue() {
    assertThatThrownBy(() -> RedisUrl.of("redis://host?sentinel-password=SECRET"))
        .hasMessageContaining("redis-sentinel://")
        .hasMessageNotContaining("SECRET");
    assertThatThrownBy(() -> RedisUrl.of("redis-sentinel://host/m?sentinel-user=watcher"))
        .hasMessageContaining("needs sentinel-password=");
    assertThatThrownBy(() -> RedisUrl.of("redis-sentinel://host/m?sentinel-pasword=SECRET"))
        .hasMessageContaining("got 'sentinel-pasword'")
        .hasMessageNotContaining("SECRET");
    assertThat(RedisUrl.of("redis-sentinel://host/m?sentinel-password=SECRET").toString())
        .isEqualTo("redis-sentinel://host:26379/m?prefix=jobyard");
  }

  @Test
  void throughTlsWhereTheCertificateIsTrusted(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder);
    int port = RedisProcess.freePort();
    try (RedisProcess server =
        RedisServers.startSingle(RedisServers.tls(certificate, port).toArray(String[]::new))) {
      String url = "rediss://127.0.0.1:" + port;
      try (JobStore store = open(url + "?ca=" + certificate.file())) {
        useAll(store);
      }
      assertThatThrownBy(() -> open(url))
          .as("a certificate nobody vouches for")
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("certification path");
      assertThat(server.command("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void throughTlsToSentinelsAndToWhomeverTheyName(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder);
    try (RedisSentinel sentinel = RedisServers.startSentinel(certificate)) {
      String url = sentinel.url();
      assertThat(url).startsWith("rediss-sentinel://");
      assertThatThrownBy(() -> open(url))
          .as("certificates nobody vouches for")
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("certification path");
      try (JobStore store = open(url + "?wait=1&ca=" + certificate.file())) {
        useAll(store);
        store.pause(Node.QUEUE, false);
        Node node = Node.at(store);
        UUID before = node.push();
        sentinel.master().kill();
        await()
            .atMost(Duration.ofMinutes(2))
            .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
            .until(() -> store.beat(node.session()));
        List<Lease> leases = node.lease(10);
        assertThat(leases).extracting(lease -> lease.key().id()).containsExactly(before);
        assertThat(node.done(leases)).as("stale leases").isEmpty();
      }
    }
  }

  @Test
  void aFileOfCertificatesMustBeThereAndMeanSomething() {
    assertThatThrownBy(() -> RedisUrl.of("rediss://host?ca=/no/such/file"))
        .hasMessageContaining("/no/such/file");
    assertThatThrownBy(() -> RedisUrl.of("redis://host?ca=/etc/hostname"))
        .hasMessageContaining("only with TLS");
  }
}
