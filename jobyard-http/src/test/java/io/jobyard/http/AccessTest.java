package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Jobyard;
import io.jobyard.config.ConfigInvalid;
import io.jobyard.config.Login;
import io.jobyard.config.Role;
import io.jobyard.http.Running.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final String READ = Secrets.token();
  private static final String OPERATE = Secrets.token();
  private static final String ADMIN = Secrets.token();
  private static final String JOB = "{\"kind\": \"k\"}";
  private static Running running;

  @BeforeAll
  static void open() {
    running =
        Running.open(c ->
            c.httpAuth(
                new Login.Token(Role.READ, READ),
                new Login.Token(Role.OPERATE, Secrets.hashed(OPERATE)),
                new Login.Token(Role.ADMIN, ADMIN),
                new Login.User(
                    "ann", Role.OPERATE, Secrets.passwordHash("correct horse".toCharArray()))));
  }

  @AfterAll
  static void close() {
    running.close();
  }

  private static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  private static String[] basic(String user, String password) {
    String pair = user + ":" + password;
    return new String[] {
      "Authorization",
      "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
    };
  }

  @Test
  void nobodyComesInWithoutSayingWho() {
    Answer answer = running.get("/api/v1/jobs");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(running.get("/api/v1/health").status()).isEqualTo(200);
  }

  @Test
  void eachRoleMayWhatItMay() {
    assertThat(running.get("/api/v1/jobs", bearer(READ)).status()).isEqualTo(200);
    assertThat(running.post("/api/v1/jobs", JOB, bearer(READ)).status()).isEqualTo(403);
    assertThat(running.post("/api/v1/jobs", JOB, bearer(OPERATE)).status()).isEqualTo(201);
    assertThat(running.post("/api/v1/queues/default/clean", "{}", bearer(OPERATE)).detail())
        .contains("needs the role admin");
    assertThat(running.post("/api/v1/queues/default/clean", "{}", bearer(ADMIN)).status())
        .isEqualTo(200);
    assertThat(running.get("/api/v1/jobs", basic("ann", "correct horse")).status()).isEqualTo(200);
    assertThat(running.get("/api/v1/jobs", basic("", READ)).status()).isEqualTo(200);
    assertThat(running.audit)
        .anySatisfy(line -> assertThat(line).startsWith("http.refused").contains("status=403"));
    assertThat(String.join("\n", running.audit)).doesNotContain(READ, OPERATE, ADMIN);
  }

  @Test
  void aBrowserLogsInAndProvesThatItsPageAsks() {
    Answer in =
        running.post("/api/v1/session", "{\"user\": \"ann\", \"password\": \"correct horse\"}");
    assertThat(in.status()).as(in.body()).isEqualTo(204);
    String set = in.header("Set-Cookie");
    assertThat(set).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/");
    String cookie = set.substring(0, set.indexOf(';'));
    Answer who = running.get("/api/v1/session", "Cookie", cookie);
    assertThat(who.json().get("name").asString()).isEqualTo("user:ann");
    String csrf = who.json().get("csrf").asString();
    assertThat(running.post("/api/v1/jobs", JOB, "Cookie", cookie).status()).isEqualTo(403);
    assertThat(
            running
                .post("/api/v1/jobs", JOB, "Cookie", cookie, "X-CSRF-Token", csrf + "x")
                .status())
        .isEqualTo(403);
    assertThat(running.post("/api/v1/jobs", JOB, "Cookie", cookie, "X-CSRF-Token", csrf).status())
        .isEqualTo(201);
    assertThat(running.delete("/api/v1/session", "Cookie", cookie, "X-CSRF-Token", csrf).status())
        .isEqualTo(204);
    assertThat(running.get("/api/v1/session", "Cookie", cookie).status()).isEqualTo(401);
  }

  @Test
  void whoGuessesHasToWait() {
    try (Running own = Running.open(c -> c.httpAuth(new Login.Token(Role.READ, READ)))) {
      Answer last = null;
      for (int i = 0; i < Tries.MOST + 1; i++) {
        last = own.get("/api/v1/jobs", bearer("wrong-" + i));
      }
      assertThat(last.status()).isEqualTo(429);
      assertThat(Integer.parseInt(last.header("Retry-After"))).isBetween(1, 60);
      assertThat(own.get("/api/v1/jobs", bearer(READ)).status())
          .as("a right one from the same address waits too, or guessing would show")
          .isEqualTo(429);
    }
  }

  @Test
  void nothingBeyondThisMachineWithoutLogins() {
    assertThatThrownBy(
            () -> Jobyard.configure().environment(Map.of()).httpPort(0).httpHost("0.0.0.0").build())
        .isInstanceOf(ConfigInvalid.class)
        .hasMessageContaining("http.auth must say who may ask")
        .hasMessageContaining("jobyard auth token");
  }

  @Test
  void everyAnswerTellsBrowsersToBeStrict() {
    for (Answer answer : new Answer[] {running.get("/api/v1/health"), running.get("/nowhere")}) {
      assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'none'");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("Server")).isEmpty();
    }
  }
}
