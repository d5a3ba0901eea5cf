package io.jobyard.cli;

import io.jobyard.cli.demo.Demo;
import io.jobyard.cli.demo.DemoOptions;
import io.jobyard.cli.demo.DemoReport;
import io.jobyard.cli.demo.Progress;
import io.jobyard.config.Config;
import io.jobyard.http.HttpServer;
import io.jobyard.node.Manager;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows Jobyard at work. */
@Command(
    name = "demo",
    header = "Watch real work: mail, words, and jobs that misbehave",
    description = {
      "Starts a node with worker processes on a fresh SQLite store, sends a message for each row of"
          + " a CSV to a mail server of its own, counts the words of a text in parts, and runs jobs"
          + " that throw, hang, take all memory or end their process. Then it counts everything at"
          + " both ends. Takes about half a minute; touches no other store."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard demo",
      "  jobyard demo --input people.csv --text book.txt --json",
      "  jobyard demo --keep",
      "",
      "Exit codes: 0 the sums agree, 1 they do not or the input is unusable, 2 wrong use"
    })
final class DemoCommand implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "A CSV with the columns name and email. Default: 1,000 rows that come with it.")
  private @Nullable Path input;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "The text to count. Default: Jobyard's own documentation and sources.")
  private @Nullable Path text;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "A new or empty folder for the store, which stays. Default: a temporary one.")
  private @Nullable Path dir;

  @Option(names = "--keep", description = "Leave the store, to look at with the other commands.")
  private boolean keep;

  DemoCommand(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    DemoOptions options = new DemoOptions(input, text, dir, keep);
    DemoReport report;
    if (common.shell.shows()) {
      try (ProgressBar bar =
          new ProgressBarBuilder().setTaskName("demo").setInitialMax(1).build()) {
        report = new Demo(options, showing(bar), this::page).run();
      }
    } else {
      report = new Demo(options, (done, total) -> {}, this::page).run();
    }
    return answer(report);
  }

  /** The dashboard, while the demo runs. */
  private Manager.Companion page(Config config) {
    return store -> {
      HttpServer server = new HttpServer(config.http(), store, new LocalLink(config)).start();
      common.shell.err().println("watch it at " + server.address());
      common.shell.err().flush();
      return server;
    };
  }

  /** Prints the report; the exit code. */
  int answer(DemoReport report) {
    Output out = common.output();
    if (out.json()) {
      out.document(DemoJson.of(report));
    } else {
      DemoText.print(report, out);
    }
    if (!report.sumsAgree()) {
      common.shell.err().println("jobyard: the demo's sums do not agree");
      return 1;
    }
    return 0;
  }

  private static Progress showing(ProgressBar bar) {
    return (done, total) -> {
      bar.maxHint(total);
      bar.stepTo(done);
    };
  }
}
