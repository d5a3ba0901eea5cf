package io.jobyard.cli;

import io.jobyard.cli.demo.Check;
import io.jobyard.cli.demo.DemoReport;
import io.jobyard.cli.demo.KindResult;
import io.jobyard.cli.demo.SkippedRow;
import io.jobyard.view.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A demo's report as JSON. */
final class DemoJson {
  private DemoJson() {}

  static ObjectNode of(DemoReport report) {
    ObjectNode document = Json.object();
    ArrayNode kinds = document.putArray("kinds");
    report.kinds().forEach(kind -> write(kind, kinds.addObject()));
    ObjectNode words = document.putObject("words");
    report.words().forEach(words::put);
    ArrayNode skipped = document.putArray("skipped_rows");
    for (SkippedRow row : report.skipped()) {
      skipped.addObject().put("line", row.line()).put("why", row.why());
    }
    document.put("jobs_per_s", rounded(report.jobsPerSecond()));
    document.put("start_p50_ms", rounded(report.startP50()));
    document.put("start_p99_ms", rounded(report.startP99()));
    document.put("sums_agree", report.sumsAgree());
    ArrayNode checks = document.putArray("checks");
    for (Check check : report.checks()) {
      checks
          .addObject()
          .put("what", check.what())
          .put("agrees", check.agrees())
          .put("found", check.found());
    }
    document.put("arrived_twice", report.doubled());
    if (report.kept() != null) {
      document.put("dir", report.kept().toString());
    }
    return document;
  }

  private static void write(KindResult kind, ObjectNode node) {
    node.put("kind", kind.kind());
    node.put("pushed", kind.pushed());
    node.put("succeeded", kind.succeeded());
    node.put("failed", kind.failed());
    ObjectNode reasons = node.putObject("reasons");
    kind.reasons().forEach(reasons::put);
  }

  private static double rounded(double figure) {
    return Math.round(figure * 100) / 100.0;
  }
}
