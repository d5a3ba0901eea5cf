package io.jobyard.http.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.config.Login;
import io.jobyard.config.Role;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in to the pages, and what each may do there. */
class RolesTest {
  private static final String READ = "read-".repeat(8);
  private static final String OPERATE = "operate-".repeat(5);
  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

  private final Scene scene =
      new Scene(List.of(new Login.Token(Role.READ, READ), new Login.Token(Role.OPERATE, OPERATE)));

  /** A browser, as far as cookies go. */
  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  @AfterEach
  void close() {
    client.close();
    scene.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private HttpResponse<String> post(String path, String form)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpRequest asked = request.header("Accept", "text/html").build();
    return client.send(asked, HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create(scene.address() + path);
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private void logIn(String token) throws IOException, InterruptedException {
    HttpResponse<String> answer = post("/login", "token=" + token + "&back=%2Fjobs");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(location(answer)).endsWith("/jobs");
  }

  private UUID failed() {
    scene.push("mail", "send-welcome", "{}", 1);
    scene.fail("mail", 1);
    return scene.jobs("mail", JobState.FAILED).getFirst().id();
  }

  private static String csrf(String page) {
    Matcher found = CSRF.matcher(page);
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void whoIsNotLoggedInIsAskedWhoTheyAre() throws Exception {
    HttpResponse<String> answer = get("/failures");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(location(answer)).endsWith("/login?back=%2Ffailures");
    HttpResponse<String> part =
        send(HttpRequest.newBuilder(uri("/parts/tiles")).header("HX-Request", "true"));
    assertThat(part.statusCode()).isEqualTo(401);
    assertThat(part.headers().firstValue("HX-Redirect")).isPresent();
    assertThat(get("/charts").statusCode()).isEqualTo(302);
    assertThat(get("/login").body()).contains("type=\"password\"");
  }

  @Test
  void aWrongTokenIsToldSo() throws Exception {
    HttpResponse<String> answer = post("/login", "token=wrong");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("role=\"alert\"");
  }

  @Test
  void readersSeeAndDoNothing() throws Exception {
    UUID id = failed();
    logIn(READ);
    HttpResponse<String> page = get("/jobs/" + id);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).doesNotContain("/retry", "/forget", "data-open=\"again\"");
    String csrf = csrf(page.body());
    assertThat(post("/jobs/" + id + "/retry", "csrf=" + csrf).statusCode()).isEqualTo(403);
    assertThat(get("/bulk?deed=forget").statusCode()).isEqualTo(403);
    assertThat(scene.jobs("mail", JobState.FAILED)).hasSize(1);
  }

  @Test
  void operatorsActAndDoNotTouchProcesses() throws Exception {
    UUID id = failed();
    logIn(OPERATE);
    String page = get("/jobs/" + id).body();
    String csrf = csrf(page);
    assertThat(post("/jobs/" + id + "/retry", "").statusCode()).as("without CSRF").isEqualTo(403);
    assertThat(post("/jobs/" + id + "/retry", "csrf=x").statusCode()).isEqualTo(403);
    assertThat(scene.jobs("mail", JobState.FAILED)).hasSize(1);
    assertThat(post("/jobs/" + id + "/retry", "csrf=" + csrf).statusCode()).isEqualTo(303);
    assertThat(scene.jobs("mail", JobState.FAILED)).isEmpty();
    assertThat(get("/workers").body()).doesNotContain("/kill", "/drain", "/reload");
    assertThat(post("/workers/5000/kill", "csrf=" + csrf).statusCode()).isEqualTo(403);
    assertThat(scene.asked).isEmpty();
  }

  @Test
  void whoLogsOutIsOut() throws Exception {
    logIn(READ);
    String csrf = csrf(get("/").body());
    assertThat(post("/logout", "csrf=" + csrf).statusCode()).isEqualTo(302);
    assertThat(get("/").statusCode()).isEqualTo(302);
  }

  @Test
  void pagesKeepOutWhatIsNotTheirs() throws Exception {
    logIn(OPERATE);
    HttpResponse<String> page = get("/");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(page.body())
        .doesNotContainPattern("<script(?![^>]* src=)|<style| style=| on[a-z]+=");
  }
}
