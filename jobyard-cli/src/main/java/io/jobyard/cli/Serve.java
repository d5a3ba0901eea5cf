package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.http.HttpServer;
import io.jobyard.node.NodeLogging;
import io.jobyard.node.Signals;
import io.jobyard.store.JobStore;
import io.jobyard.view.Json;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Answers HTTP without running jobs. */
@Command(
    name = "serve",
    header = "Answer HTTP without running jobs",
    description = {
      "Stays until it is stopped (Ctrl-C, SIGTERM). A node of this machine's run directory can be"
          + " looked at and reloaded through it, as far as one runs.",
    },
    footer = {
      "",
      "Examples:",
      "  jobyard serve",
      "  jobyard serve --http 8080",
      "",
      "Exit codes: 0 stopped in order, 1 could not start, 2 wrong use"
    })
final class Serve implements Callable<Integer> {
  private static final int USUAL_PORT = 7766;

  private final Common common;

  @Option(
      names = "--http",
      paramLabel = "PORT",
      description = "The port; 0 takes a free one. Default: http.port, or 7766.")
  private @Nullable Integer port;

  Serve(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    Config config = config();
    NodeLogging.toConsole(config);
    CountDownLatch stopped = new CountDownLatch(1);
    Signals.on("TERM", stopped::countDown);
    Signals.on("INT", stopped::countDown);
    try (JobStore store = common.openStore();
        HttpServer server = new HttpServer(config.http(), store, new LocalLink(config)).start()) {
      Output out = common.output();
      if (out.json()) {
        out.document(Json.object().put("address", server.address().toString()));
      } else {
        out.line("jobyard answers at " + server.address());
      }
      common.shell.out().flush();
      stopped.await();
    }
    return 0;
  }

  private Config config() {
    Integer said = port;
    if (said != null) {
      return common.config(c -> c.httpPort(said));
    }
    return common.config().http().port() != null
        ? common.config()
        : common.config(c -> c.httpPort(USUAL_PORT));
  }
}
