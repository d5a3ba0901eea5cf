package io.jobyard.cli;

import io.jobyard.bench.Arrangement;
import io.jobyard.bench.Bench;
import io.jobyard.bench.BenchOptions;
import io.jobyard.bench.BenchProgress;
import io.jobyard.bench.BenchReport;
import io.jobyard.bench.Part;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures throughput and latency, on a store made for it unless one is named. */
@Command(
    name = "bench",
    header = "Measure throughput and latency",
    footer = {
      "",
      "Takes four to five minutes; docs/benchmarks.md says what is measured and how.",
      "",
      "Examples:",
      "  jobyard bench",
      "  jobyard bench --only push,drain --rounds 5 --json"
    })
final class BenchCommand implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description = "The store to measure; use an empty one. Default: SQLite in a fresh folder.")
  private @Nullable String store;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Jobs a round. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100000")
  private int jobs;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds, of which the median counts. Default: ${DEFAULT-VALUE}.",
      defaultValue = "3")
  private int rounds;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "Some of ${COMPLETION-CANDIDATES}. Default: all but START, FRESH, HISTORY, SHARDS and HTTP.")
  private @Nullable Set<Part> only;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "Where the jobs run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "DISTRIBUTE")
  private Arrangement mode = Arrangement.DISTRIBUTE;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Jobs that a worker process runs at once. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private int threads;

  @Option(
      names = "--history",
      description = "Also with a million scheduled and 100,000 failed jobs in the store.")
  private boolean history;

  BenchCommand(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    BenchReport report =
        Bench.run(new BenchOptions(store, jobs, rounds, parts(), mode, threads), progress());
    Output output = common.output();
    if (output.json()) {
      output.document(report.json());
    } else {
      report.lines().forEach(output::line);
    }
    return 0;
  }

  private Set<Part> parts() {
    Set<Part> parts =
        EnumSet.copyOf(only == null || only.isEmpty() ? BenchOptions.standard().parts() : only);
    if (history) {
      parts.add(Part.HISTORY);
    }
    return parts;
  }

  private BenchProgress progress() {
    return common.shell.shows()
        ? what -> {
          common.shell.err().println("measuring " + what);
          common.shell.err().flush();
        }
        : BenchProgress.NONE;
  }
}
