package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.config.FaktoryConfig;
import io.jobyard.store.NewJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that mean no good, or know no better: each gets a plain answer, and nobody else notices.
 */
class HostileTest {
  private static final Connection.Patience SHORT =
      new Connection.Patience(
          Duration.ofMillis(400),
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofHours(1));

  private static Listening server(int connections) {
    return new Listening(
        "memory:" + UUID.randomUUID(),
        c -> c,
        new FaktoryConfig("127.0.0.1", 0, null, false, null, null, connections),
        new FaktoryServer.Tolerance(
            SHORT, Listening.SILENCE, new Budget(4 << 20, Duration.ofMillis(500))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1",
        "HELLO",
        "HELLO {",
        "HELLO []",
        "HELLO \"x\"",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[]}",
        "\u0000\u0001\u0002",
        ""
      })
  void whoDoesNotSayHelloIsToldSoAndHungUpOn(String line) throws IOException {
    try (Listening server = server(10);
        Client client = new Client(server.port())) {
      assertThat(client.say(line)).startsWith("-MALFORMED ");
      assertThat(client.read()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "push {}",
        "",
        " PUSH {}",
        "PUSH",
        "PUSH ",
        "PUSH {",
        "PUSH []",
        "PUSH {} {}",
        "PUSH \"x\"",
        "PUSH {\"jid\":\"short\",\"jobtype\":\"T\",\"args\":[]}",
        "PUSH {\"jid\":12345678,\"jobtype\":\"T\",\"args\":[]}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\"}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1,]}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1],\"queue\":\"a b/..\"}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1],\"reserve_for\":99999999999999999999}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1],\"priority\":1e400}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1],\"at\":\"+999999999-12-31T23:59:59Z\"}",
        "PUSH {\"jid\":\"abcdefgh\",\"jobtype\":\"T\",\"args\":[1],\"custom\":[]}",
        "PUSHB {}",
        "PUSHB [1]",
        "PUSHB [",
        "FETCH a/b",
        "ACK",
        "ACK x",
        "ACK {}",
        "ACK {\"jid\":1}",
        "FAIL {}",
        "FAIL []",
        "BEAT {}",
        "BEAT x",
        "MUTATE {}",
        "MUTATE x",
        "BATCH NEW {}",
        "TRACK GET x",
        "HELLO {\"v\":2}",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA {}"
      })
  void aBadCommandIsAnErrorInOneLineAndTheNextOneWorks(String line) throws IOException {
    try (Listening server = server(10);
        Client client = Client.worker(server.port(), "w")) {
      String answer = client.say(line);
      assertThat(answer).matches("-(ERR|MALFORMED) \\S.*").doesNotContain("io.jobyard", "tools.");
      client.push("{\"jid\":\"still-ok\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(server.jobs("default")).hasSize(1);
    }
  }

  @Test
  void garbageHarmsNobody() throws IOException {
    try (Listening server = server(200);
        Client good = Client.worker(server.port(), "good")) {
      Random random = new Random(7);
      for (int i = 0; i < 100; i++) {
        try (Client client = Client.worker(server.port(), "bad" + i)) {
          byte[] noise = new byte[random.nextInt(3_000)];
          random.nextBytes(noise);
          client.send(noise);
          client.send("PUSH {\"jid\":\"" + "\\ud800".repeat(i) + "\"}\r\n");
          client.send(new byte[] {'P', 'U', 'S', 'H', ' ', (byte) 0xff, (byte) 0xfe, '\n'});
        }
      }
      good.push("{\"jid\":\"not-harmed\",\"jobtype\":\"T\",\"args\":[]}");
      assertThat(good.job("default").path("jid").asString()).isEqualTo("not-harmed");
      Listening.waiting("the others to be forgotten")
          .until(() -> good.json("INFO").path("server").path("connections").asInt() == 1);
    }
  }

  @Test
  void anEndlessLineIsCutOff() throws IOException {
    try (Listening server = server(10);
        Client client = Client.worker(server.port(), "w");
        Client good = Client.worker(server.port(), "good")) {
      byte[] chunk = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
      client.send("PUSH ");
      String answer = "";
      try {
        for (int i = 0; i < 1_000; i++) {
          client.send(chunk);
        }
      } catch (IOException e) {
        answer = "hung up";
      }
      assertThat(answer.isEmpty() ? client.read() : answer).isNotEmpty();
      good.push("{\"jid\":\"not-harmed\",\"jobtype\":\"T\",\"args\":[]}");
    }
  }

  @Test
  void whatIsReadAtOnceIsBounded() throws IOException {
    try (Listening server = server(50)) {
      List<Client> greedy = new ArrayList<>();
      byte[] much = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 8; i++) {
        Client client = Client.worker(server.port(), "w" + i);
        greedy.add(client);
        client.send("PUSH ");
        client.send(much);
      }
      int refused = 0;
      for (Client client : greedy) {
        try (client) {
          String answer = client.read();
          refused += answer.startsWith("-ERR too much is on its way") ? 1 : 0;
        }
      }
      assertThat(refused).isBetween(1, 8);
      try (Client good = Client.worker(server.port(), "good")) {
        String args = "x".repeat(1 << 19);
        Listening.waiting("the memory to be free again")
            .until(() ->
                good.say(
                        "PUSH {\"jid\":\"large-one\",\"jobtype\":\"T\",\"args\":[\""
                            + args
                            + "\"]}")
                    .equals("+OK"));
      }
    }
  }

  @Test
  void whoDawdlesIsHungUpOn() throws Exception {
    try (Listening server = server(10);
        Client silent = new Client(server.port());
        Client halfway = Client.worker(server.port(), "w")) {
      halfway.send("PUSH {\"jid\"");
      assertThat(silent.read()).isEmpty();
      assertThat(halfway.read()).isEmpty();
    }
  }

  @Test
  void whoDoesNotReadIsHungUpOnAndItsJobGoesBack() throws Exception {
    try (Listening server = server(10);
        Socket deaf = new Socket()) {
      byte[] large = ("[\"" + "x".repeat(15 << 20) + "\"]").getBytes(StandardCharsets.US_ASCII);
      server.store.push(List.of(NewJob.of(UUID.randomUUID(), "q", "T", large)));
      deaf.setReceiveBufferSize(8 * 1024);
      deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      deaf.getOutputStream()
          .write("HELLO {\"v\":2}\r\nFETCH q\r\n".getBytes(StandardCharsets.US_ASCII));
      Listening.waiting("the job to be tried")
          .until(() -> server.jobs("q").getFirst().fence() == 1);
      Listening.waiting("the job to be back")
          .until(() -> server.jobs("q", JobState.READY).size() == 1);
      assertThat(server.jobs("q").getFirst().counts().charged()).isZero();
    }
  }

  @Test
  void connectionsAreCounted() throws IOException {
    try (Listening server = server(3)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(Client.worker(server.port(), "w" + i));
      }
      try (Socket more = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        more.setSoTimeout(10_000);
        assertThat(more.getInputStream().read()).isEqualTo(-1);
      }
      clients.getFirst().close();
      Listening.waiting("room")
          .until(() -> {
            try (Client again = Client.worker(server.port(), "again")) {
              return again.say("INFO").startsWith("$");
            } catch (IOException | AssertionError e) {
              return false;
            }
          });
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void deepNestingAndHugeNumbersAreHandedOnOrRefused() throws IOException {
    try (Listening server = server(10);
        Client client = Client.worker(server.port(), "w")) {
      String deep = "[".repeat(100_000) + "]".repeat(100_000);
      assertThat(client.say("PUSH {\"jid\":\"too-deep\",\"jobtype\":\"T\",\"args\":" + deep + "}"))
          .startsWith("-MALFORMED invalid JSON");
      String number = "123456789012345678901234567890.123456789012345678901234567890";
      client.push("{\"jid\":\"digits-1\",\"jobtype\":\"T\",\"args\":[" + number + "]}");
      assertThat(client.say("FETCH default")).contains("\"args\":[" + number + "]");
    }
  }

  @Test
  void aJobWhoseWorkerHangsUpWhileItIsSentIsNotLost() throws IOException {
    try (Listening server = server(50);
        Client good = Client.worker(server.port(), "good")) {
      for (int i = 0; i < 20; i++) {
        try (Client leaving = Client.worker(server.port(), "leaving")) {
          leaving.send("FETCH q\r\n");
          leaving.socket.setSoLinger(true, 0);
        }
      }
      good.push("{\"jid\":\"persistent\",\"queue\":\"q\",\"jobtype\":\"T\",\"args\":[]}");
      Listening.waiting("somebody who stays").until(() -> good.fetch("q") != null);
      good.ack("persistent");
      assertThat(server.status("q").succeeded()).isEqualTo(1);
    }
  }
}
