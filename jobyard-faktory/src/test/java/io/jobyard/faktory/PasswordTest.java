package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.config.ConfigInvalid;
import io.jobyard.config.FaktoryConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PasswordTest {
  @Test
  void onlyWhoKnowsItComesIn() throws Exception {
    try (Listening server =
        new Listening(
            "memory:" + UUID.randomUUID(),
            c -> c,
            Listening.faktory("open sesame", false),
            Listening.usual())) {
      try (Client client = new Client(server.port())) {
        assertThat(
                client.say("HELLO {\"v\":2,\"pwdhash\":\"" + hash(client, "open sesame") + "\"}"))
            .isEqualTo("+OK");
        assertThat(client.say("INFO")).startsWith("$");
      }
      for (String wrong : new String[] {"{\"v\":2}", "{\"v\":2,\"pwdhash\":\"\"}"}) {
        try (Client client = new Client(server.port())) {
          assertThat(client.say("HELLO " + wrong)).isEqualTo("-ERR Invalid password");
          assertThat(client.read()).isEmpty();
        }
      }
      try (Client client = new Client(server.port());
          Client other = new Client(server.port())) {
        assertThat(client.say("HELLO {\"v\":2,\"pwdhash\":\"" + hash(other, "open sesame") + "\"}"))
            .isEqualTo("-ERR Invalid password");
      }
    }
  }

  /** As the protocol says: hashed so many times, with the salt of this very connection. */
  private static String hash(Client client, String password) throws Exception {
    JsonNode hi = Client.JSON.readTree(client.hi.substring("+HI ".length()));
    int times = hi.path("i").asInt();
    assertThat(times).isGreaterThanOrEqualTo(4_000);
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    byte[] hash = (password + hi.path("s").asString()).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < times; i++) {
      hash = sha.digest(hash);
    }
    return HexFormat.of().formatHex(hash);
  }

  @Test
  void anAddressThatOthersMayReachNeedsOne() {
    assertThatThrownBy(() -> new FaktoryConfig("0.0.0.0", 7419, null, false, null, null, 10))
        .isInstanceOf(ConfigInvalid.class)
        .hasMessageContaining("set faktory.password too");
    var config = new FaktoryConfig("0.0.0.0", 7419, "secret", false, null, null, 10);
    assertThat(config.toString()).doesNotContain("secret");
  }
}
