package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The whole demo on a small input: a node, its worker processes, mail, words and trouble. */
class DemoCommandTest {
  @TempDir private Path folder;

  @Test
  void countsEverythingAtBothEnds() throws IOException {
    Path people =
        Files.writeString(
            folder.resolve("people.csv"),
            """
            name,email
            "Smith, John",john@example.org
            Bob,bob.example.org
            Zoë,zoe@example.org
            """);
    Path text = Files.writeString(folder.resolve("text"), "to be or not to be");
    Path dir = folder.resolve("kept");

    Ran ran =
        Ran.in(
            folder,
            "demo",
            "--json",
            "--input",
            people.toString(),
            "--text",
            text.toString(),
            "--dir",
            dir.toString());

    assertThat(ran.code()).as(() -> ran.err() + ran.out() + log(dir)).isZero();
    JsonNode json = ran.json();
    assertThat(json.get("sums_agree").asBoolean()).isTrue();
    assertThat(ran.err()).containsPattern("watch it at http://127\\.0\\.0\\.1:\\d+");
    assertThat(json.get("skipped_rows").toString())
        .isEqualTo("[{\"line\":3,\"why\":\"the email has no @: bob.example.org\"}]");
    assertThat(json.get("words").toString()).isEqualTo("{\"be\":2,\"to\":2,\"not\":1,\"or\":1}");
    kind(json, "send-mail", 2, 2, "{}");
    kind(json, "count-words", 1, 1, "{}");
    kind(json, "throws", 1, 0, "{\"exception\":1}");
    kind(json, "third-time", 1, 1, "{}");
    kind(json, "never-ends", 1, 0, "{\"timeout\":1}");
    kind(json, "greedy", 1, 0, "{\"out-of-memory\":1}");
    kind(json, "halts", 1, 0, "{\"crash\":1}");
    assertThat(json.get("start_p50_ms").asDouble()).isPositive();

    // What it left is a store like any other.
    JsonNode failed = Ran.in(dir, "queue", "failed", "--queue", "trouble", "--json").json();
    assertThat(failed.get("jobs")).hasSize(4);
  }

  @Test
  void whatCannotBeUsedIsOneSentenceBeforeAnythingStarts() throws IOException {
    Path missing = folder.resolve("none.csv");
    refused(missing + ": there is no such file", "--input", missing.toString());
    refused(missing + ": there is no such file", "--text", missing.toString());
    Path binary = Files.write(folder.resolve("binary"), new byte[] {'P', 'K', 3, 4, 0, 0});
    refused("is binary", "--input", binary.toString());
    refused("is binary", "--text", binary.toString());
    refused("is not empty", "--dir", folder.toString());
  }

  private void refused(String sentence, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "demo";
    System.arraycopy(arguments, 0, all, 1, arguments.length);

    Ran ran = Ran.in(folder, all);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).hasSize(1).first().asString().contains(sentence);
  }

  /** What the node said, should the demo fail. */
  private static String log(Path dir) {
    try {
      return Files.readString(dir.resolve("logs/demo.log"));
    } catch (IOException e) {
      return "there is no log: " + e;
    }
  }

  private static void kind(JsonNode json, String kind, int pushed, int succeeded, String reasons) {
    for (JsonNode found : json.get("kinds")) {
      if (found.get("kind").asString().equals(kind)) {
        assertThat(found.get("pushed").asInt()).as(kind).isEqualTo(pushed);
        assertThat(found.get("succeeded").asInt()).as(kind).isEqualTo(succeeded);
        assertThat(found.get("failed").asInt()).as(kind).isEqualTo(pushed - succeeded);
        assertThat(found.get("reasons").toString()).as(kind).isEqualTo(reasons);
        return;
      }
    }
    throw new AssertionError("no kind " + kind + " in " + json);
  }
}
