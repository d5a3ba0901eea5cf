package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.cli.demo.Check;
import io.jobyard.cli.demo.DemoReport;
import io.jobyard.cli.demo.KindResult;
import io.jobyard.cli.demo.KindResult.Reason;
import io.jobyard.cli.demo.SkippedRow;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a report says, as JSON and as text. */
class DemoReportTest {
  private static final Check AGREES = new Check("mail", true, "succeeded 2, arrived 2");
  private static final Check DIFFERS = new Check("words", false, "merged 7, alone 8");

  @Test
  void theSumsAgreeOnlyIfEveryCheckDoes() {
    assertThat(report(AGREES).sumsAgree()).isTrue();
    assertThat(report(AGREES, DIFFERS).sumsAgree()).isFalse();
  }

  @Test
  void jsonHasTheDocumentedFields() {
    JsonNode json = DemoJson.of(report(AGREES, DIFFERS));

    assertThat(json.propertyNames())
        .contains(
            "kinds",
            "words",
            "skipped_rows",
            "jobs_per_s",
            "start_p50_ms",
            "start_p99_ms",
            "sums_agree");
    JsonNode kind = json.get("kinds").get(0);
    assertThat(kind.propertyNames())
        .containsExactlyInAnyOrder("kind", "pushed", "succeeded", "failed", "reasons");
    assertThat(kind.get("reasons").toString()).isEqualTo("{\"exception\":3,\"timeout\":1}");
    assertThat(json.get("words").toString()).isEqualTo("{\"the\":7}");
    assertThat(json.get("skipped_rows").toString())
        .isEqualTo("[{\"line\":3,\"why\":\"the line is empty\"}]");
    assertThat(json.get("start_p99_ms").asDouble()).isEqualTo(9.88);
    assertThat(json.get("sums_agree").asBoolean()).isFalse();
  }

  @Test
  void textSaysWhyEachFailedAndWhereTheStoreIs() {
    StringWriter text = new StringWriter();

    DemoText.print(report(AGREES, DIFFERS), new Output(new PrintWriter(text, true), false));

    assertThat(text.toString().lines())
        .contains(
            "send-mail, 2 failed: exception: no answer",
            "send-mail, 1 failed: exception: refused",
            "skipped line 3: the line is empty",
            "ok       mail: succeeded 2, arrived 2",
            "WRONG    words: merged 7, alone 8",
            "the sums do not agree",
            "  jobyard queue status --config /tmp/kept");
  }

  @Test
  void sumsThatDisagreeEndWithOne() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Shell shell =
        new Shell(
            InputStream.nullInputStream(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            false);
    DemoCommand command = new DemoCommand(new Common(shell));

    assertThat(command.answer(report(AGREES))).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(command.answer(report(AGREES, DIFFERS))).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("jobyard: the demo's sums do not agree");
  }

  private static DemoReport report(Check... checks) {
    Map<Reason, Long> failures =
        Map.of(
            new Reason("exception", "no answer"), 2L,
            new Reason("exception", "refused"), 1L,
            new Reason("timeout", "ran too long"), 1L);
    return new DemoReport(
        List.of(new KindResult("send-mail", "mail", 6, 2, 4, failures, 12.5)),
        Map.of("the", 7L),
        List.of(new SkippedRow(3, "the line is empty")),
        0,
        123.456,
        0.5,
        9.876,
        List.of(checks),
        Path.of("/tmp/kept"));
  }
}
