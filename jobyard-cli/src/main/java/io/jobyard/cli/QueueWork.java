package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.codec.KindIndex;
import io.jobyard.codec.KindScan;
import io.jobyard.config.Config;
import io.jobyard.node.NodeLogging;
import io.jobyard.node.generation.ClassPath;
import io.jobyard.run.Equipment;
import io.jobyard.run.Outcome;
import io.jobyard.run.SingleFile;
import io.jobyard.store.JobStore;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A worker in the foreground, in this very process. */
@Command(
    name = "work",
    header = "Work through queues in the foreground, one job at a time",
    description = {
      "Runs jobs in this very process, without a node: to try things out, or under a supervisor of"
          + " your own. Several queues go in strict order: before each job the first one is looked"
          + " at first.",
      "A job that does not end at its deadline ends this process, after its failure is recorded."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard queue work",
      "  jobyard queue work --queue urgent --queue mail",
      "  jobyard queue work --queue mail --once",
      "",
      "Exit codes: 0 stopped in order, 1 the job of --once did not succeed or could not be ended,"
          + " 2 wrong use"
    })
final class QueueWork implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description = "A queue to work through; repeatable, the most urgent first. Default: default.")
  private List<String> queues = List.of("default");

  @Option(names = "--once", description = "Work on one job, waiting for it, and return.")
  private boolean once;

  QueueWork(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws Exception {
    NodeLogging.toConsole(common.config());
    Config config = common.config();
    List<Path> classPath = ClassPath.of(config.base(), config.classpath()).jobs();
    KindIndex index = KindScan.of(classPath);
    try (URLClassLoader loader = loader(classPath);
        JobStore store = common.openStore();
        SingleFile work =
            new SingleFile(
                store, config, queues, equip(config, index, loader), InstantSource.system())) {
      return work(work);
    }
  }

  private Map<String, Equipment> equip(Config config, KindIndex index, ClassLoader loader) {
    Map<String, Equipment> equipment = new HashMap<>();
    for (String queue : queues) {
      equipment.put(queue, Equipment.of(config, config.queue(queue), index, loader));
    }
    return equipment;
  }

  private int work(SingleFile work) throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    Thread main = Thread.currentThread();
    Thread onSignal =
        new Thread(
            () -> {
              work.stop();
              joinUnless(ended, main);
            },
            "jobyard-signal");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      work.start();
      Optional<SingleFile.Worked> worked = work.next();
      while (worked.isPresent()) {
        report(worked.get());
        if (worked.get().stuck()) {
          throw new JobyardException(
              "job "
                  + worked.get().lease().key().id()
                  + " went on past its deadline and cannot be ended but with this process");
        }
        if (once) {
          return worked.get().outcome() instanceof Outcome.Succeeded ? 0 : 1;
        }
        worked = work.next();
      }
      return 0;
    } finally {
      ended.set(true);
    }
  }

  /** The process must not end before the job in work has. */
  private static void joinUnless(AtomicBoolean ended, Thread main) {
    try {
      while (!ended.get() && main.isAlive()) {
        main.join(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(SingleFile.Worked worked) {
    common
        .shell
        .err()
        .printf(
            "%s %s %s attempt %d: %s%n",
            worked.lease().key().id(),
            worked.lease().standing().queue(),
            worked.lease().kind(),
            worked.lease().standing().attempt(),
            said(worked.outcome()));
  }

  private static String said(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Succeeded ignored -> "succeeded";
      case Outcome.Failed(var failure, var handlers) -> "failed: " + failure.message();
      case Outcome.Refused(var failure, var handlers) -> "refused: " + failure.message();
      case Outcome.TimedOut(var failure, var handlers) -> "timed out: " + failure.message();
      case Outcome.Crashed(var failure) -> failure.type().word() + ": " + failure.message();
      case Outcome.Lost(var failure) -> "lost: " + failure.message();
      case Outcome.Released(var delay) -> "released for " + delay;
      case Outcome.Cancelled() -> "cancelled";
      case Outcome.NotStarted() -> "given back: its lease was lost";
      case Outcome.Handled(var errors) -> "failed for good, its handlers ran";
    };
  }

  /** The class path of the configuration, or of this very process. */
  private static URLClassLoader loader(List<Path> jobs) {
    URL[] urls = new URL[jobs.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = jobs.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new JobyardException("classpath: " + jobs.get(i) + " is no place for classes", e);
      }
    }
    return new URLClassLoader(urls, QueueWork.class.getClassLoader());
  }
}
