package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.config.Login;
import io.jobyard.config.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the examples of docs/http.md as a reader would, by sh and curl. */
class DocsTest {
  private static final Path PAGE = Path.of("../docs/http.md");
  private static final String TOKEN = Secrets.token();

  /** The commands of the page by the name above each. */
  private static Map<String, String> examples() throws IOException {
    Map<String, String> examples = new LinkedHashMap<>();
    boolean inside = false;
    String name = null;
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("```")) {
        inside = line.equals("```sh");
        name = null;
      } else if (inside && line.startsWith("# ")) {
        name = line.substring(2);
      } else if (inside && name != null) {
        examples.merge(name, line, (before, more) -> before + "\n" + more);
      }
    }
    return examples;
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void everyExampleWorks() throws Exception {
    Map<String, String> examples = examples();
    assertThat(examples).hasSizeGreaterThan(25);
    try (Running open = Running.open(c -> c, new FakeNode(), InstantSource.system());
        Running asking = Running.open(c -> c.httpAuth(new Login.Token(Role.READ, TOKEN)))) {
      for (Map.Entry<String, String> example : examples.entrySet()) {
        Running running =
            switch (example.getKey()) {
              case "session", "whoami", "logout" -> asking;
              default -> open;
            };
        String said = run(example.getValue(), running);
        assertThat(said)
            .as(example.getKey())
            .doesNotContain("\"status\":4", "\"status\":5", "command not found");
        assertThat(said.isEmpty())
            .as("%s: %s", example.getKey(), said)
            .isEqualTo(example.getKey().equals("forget") || example.getKey().equals("logout"));
      }
      assertThat(run(examples.get("session"), asking)).isEqualToIgnoringWhitespace("204");
    }
  }

  @Test
  void everyRouteHasItsExample() throws IOException {
    String all = String.join("\n", examples().values());
    try (Running running = Running.open()) {
      var without =
          running.server.routes().stream()
              .map(HttpServer.Route::path)
              .filter(path -> path.startsWith("/api/"))
              .filter(path ->
                  !all.matches(
                      "(?s).*\\$URL" + pattern(path) + "[\"?\\s].*|.*\\$URL" + pattern(path)))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(without).isEmpty();
    }
  }

  private static String pattern(String path) {
    return path.replace("{id}", "\\$JOB")
        .replace("{queue}", "mail")
        .replace("{node}", "\\$NODE")
        .replace("{pid}", "\\$PID");
  }

  private static String run(String command, Running running) throws Exception {
    String job =
        command.contains("$JOB")
            ? running
                .post("/api/v1/jobs", "{\"kind\": \"k\", \"queue\": \"mail\"}")
                .json()
                .get("id")
                .asString()
            : "";
    if (command.contains("/retry") && !job.isEmpty()) {
      running.post("/api/v1/jobs/" + job + "/cancel");
    }
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    shell.environment().put("URL", running.server.address().toString());
    shell.environment().put("JOB", job);
    shell.environment().put("NODE", FakeNode.NAME);
    shell.environment().put("PID", "7");
    shell.environment().put("TOKEN", TOKEN);
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
