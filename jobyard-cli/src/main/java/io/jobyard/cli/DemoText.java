package io.jobyard.cli;

import io.jobyard.cli.demo.Check;
import io.jobyard.cli.demo.DemoReport;
import io.jobyard.cli.demo.KindResult;
import io.jobyard.cli.demo.SkippedRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A demo's report for people. */
final class DemoText {
  private static final List<String> HEAD =
      List.of("KIND", "PUSHED", "SUCCEEDED", "FAILED", "PER SECOND", "WHY");
  private static final int SHOWN_ROWS = 20;
  private static final int SHOWN_WORDS = 8;

  private DemoText() {}

  static void print(DemoReport report, Output out) {
    out.table(HEAD, report.kinds().stream().map(DemoText::row).toList());
    out.line("");
    why(report.kinds(), out);
    skipped(report.skipped(), out);
    out.line("most frequent words: " + words(report));
    out.line(
        "mail and words: %s jobs per second; a job starts %s ms after its push (median), %s ms (p99)"
            .formatted(
                figure(report.jobsPerSecond()),
                figure(report.startP50()),
                figure(report.startP99())));
    if (report.doubled() > 0) {
      out.line(
          "%d messages arrived more than once: their jobs ran again, as at-least-once allows"
              .formatted(report.doubled()));
    }
    out.line("");
    for (Check check : report.checks()) {
      out.line(
          "%-8s %s: %s".formatted(check.agrees() ? "ok" : "WRONG", check.what(), check.found()));
    }
    out.line(report.sumsAgree() ? "all sums agree" : "the sums do not agree");
    kept(report.kept(), out);
  }

  private static List<String> row(KindResult kind) {
    return List.of(
        kind.kind(),
        String.valueOf(kind.pushed()),
        String.valueOf(kind.succeeded()),
        String.valueOf(kind.failed()),
        kind.perSecond() == null ? "-" : figure(kind.perSecond()),
        String.join(", ", kind.reasons().keySet()));
  }

  /** The last error of every failed job, each said once. */
  private static void why(List<KindResult> kinds, Output out) {
    for (KindResult kind : kinds) {
      kind.failures().entrySet().stream()
          .map(failure ->
              "%s, %d failed: %s: %s"
                  .formatted(
                      kind.kind(),
                      failure.getValue(),
                      failure.getKey().type(),
                      failure.getKey().message()))
          .sorted()
          .limit(SHOWN_ROWS)
          .forEach(out::line);
    }
    out.line("");
  }

  private static void skipped(List<SkippedRow> rows, Output out) {
    for (SkippedRow row : rows.subList(0, Math.min(SHOWN_ROWS, rows.size()))) {
      out.line("skipped line " + row.line() + ": " + row.why());
    }
    if (rows.size() > SHOWN_ROWS) {
      out.line("skipped %d more lines; --json names them all".formatted(rows.size() - SHOWN_ROWS));
    }
  }

  private static String words(DemoReport report) {
    return report.words().entrySet().stream()
        .limit(SHOWN_WORDS)
        .map(word -> word.getKey() + " " + word.getValue())
        .collect(Collectors.joining(", "));
  }

  private static void kept(@Nullable Path folder, Output out) {
    if (folder != null) {
      out.line("");
      out.line("the store stays in " + folder + "; look at it with");
      out.line("  jobyard queue status --config " + folder);
      out.line("  jobyard queue failed --config " + folder);
    }
  }

  private static String figure(double figure) {
    return String.format(Locale.ROOT, figure >= 100 ? "%.0f" : "%.1f", figure);
  }
}
