package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.faktory.FaktoryServer;
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
import tools.jackson.databind.node.ObjectNode;

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
      "  jobyard serve --faktory",
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

  @Option(
      names = "--faktory",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "7419",
      description =
          "Listen for clients and workers of the Faktory protocol too, on this port or 7419; 0"
              + " takes a free one. Default: it does not, a node does.")
  private @Nullable Integer faktory;

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
        HttpServer server = new HttpServer(config.http(), store, new LocalLink(config)).start();
        FaktoryServer wire = faktory == null ? null : FaktoryServer.start(store, config)) {
      Output out = common.output();
      if (out.json()) {
        ObjectNode document = Json.object().put("address", server.address().toString());
        if (wire != null) {
          document.put("faktory_port", wire.port());
        }
        out.document(document);
      } else {
        out.line("jobyard answers at " + server.address());
        if (wire != null) {
          out.line("and to Faktory clients on port " + wire.port());
        }
      }
      common.shell.out().flush();
      stopped.await();
    }
    return 0;
  }

  private Config config() {
    return common.config(this::said);
  }

  private Configurer said(Configurer configurer) {
    boolean usual = port == null && common.config().http().port() == null;
    Configurer said = usual ? configurer.httpPort(USUAL_PORT) : configurer;
    said = port == null ? said : said.httpPort(port);
    return faktory == null ? said : said.faktory(faktory);
  }
}
