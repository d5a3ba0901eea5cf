package io.jobyard.cli.demo;

import io.jobyard.Jobyard;
import io.jobyard.cli.demo.jobs.CountWords;
import io.jobyard.config.Config;
import io.jobyard.node.Manager;
import io.jobyard.node.NodeLogging;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Real work on real input: one message by SMTP for each row of a CSV, the words of a text counted
 * by tasks, jobs that misbehave on purpose; by worker processes, on a store of its own. At the end
 * everything is counted at both ends.
 *
 * <p>Runs once, in one thread. It stops its node and removes its folder also when the JVM is told
 * to end meanwhile.
 */
public final class Demo {
  private final DemoOptions options;
  private final Progress progress;
  private final Function<Config, Manager.Companion> beside;

  /**
   * @param beside what runs beside the node, from its configuration
   */
  public Demo(DemoOptions options, Progress progress, Function<Config, Manager.Companion> beside) {
    this.options = options;
    this.progress = progress;
    this.beside = beside;
  }

  /**
   * Runs the demo.
   *
   * @throws io.jobyard.JobyardException if its input cannot be used, in one sentence, before
   *     anything is started
   */
  public DemoReport run() throws InterruptedException {
    People people = options.input() == null ? PeopleCsv.sample() : PeopleCsv.read(options.input());
    Text text = TextSource.of(options.text());
    Map<String, Long> alone = text.count();
    List<CountWords> parts = text.parts();
    try (DemoFolder folder = DemoFolder.make(options.dir(), options.keep())) {
      Config config = folder.config();
      NodeLogging.toFiles(config);
      try (MailSink sink = new MailSink();
          Node node = Node.boot(config, folder, beside.apply(config));
          Jobyard yard = node.yard()) {
        Pulses pulses = new Pulses(yard);
        pulses.start();
        Pushed pushed = Pushed.all(yard, people.rows(), sink.port(), parts);
        Watch watch = new Watch(yard.store(), Set.of("mail", "words", "trouble"));
        watch.untilEmpty(progress);
        pulses.stop();
        new Watch(yard.store(), Set.of("pulse")).untilEmpty((done, total) -> {});
        return new Audit(yard, pushed, pulses, watch)
            .report(sink.arrivals(), alone, people.skipped(), folder.kept());
      }
    }
  }

  /** The node, which leaves nothing behind even if the JVM is told to end while it works. */
  private record Node(Config config, Manager manager, Thread hook) implements AutoCloseable {
    static Node boot(Config config, DemoFolder folder, Manager.Companion beside) {
      Manager manager = new Manager(config, config.queues().keySet()).beside(beside);
      Thread hook =
          new Thread(
              () -> {
                manager.stopNow();
                manager.close();
                folder.close();
              },
              "demo-cleanup");
      Runtime.getRuntime().addShutdownHook(hook);
      return new Node(config, manager.boot(), hook);
    }

    Jobyard yard() {
      return Jobyard.open(config);
    }

    @Override
    public void close() {
      manager.close();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return; // the JVM is ending: the hook does the rest
      }
    }
  }
}
