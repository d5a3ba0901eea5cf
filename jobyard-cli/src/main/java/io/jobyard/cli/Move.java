package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.cli.move.Moved;
import io.jobyard.cli.move.Mover;
import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import io.jobyard.store.Stores;
import io.jobyard.view.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Carries waiting jobs from one store to another. */
@Command(
    name = "move",
    header = "Carry waiting jobs from one store to another",
    description = {
      "Takes what is READY or SCHEDULED, oldest first, with ids, priority, due time, counts and"
          + " history. The source's queues are paused meanwhile. What runs, has failed or is kept"
          + " stays there and is told.",
      "May be broken off and repeated: nothing is lost and nothing doubled. Let nobody resume the"
          + " source's queues in between."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard move --from sqlite:jobyard.db --to postgresql://app@db/app --dry-run",
      "  jobyard move --to redis://db:6379 --queue mail --queue images",
      "",
      "Exit codes: 0 moved, 1 it failed or jobs still run at the source, 2 wrong use"
    })
final class Move implements Callable<Integer> {
  private static final int NAMED = 20;
  private static final long LAST_PAGE_SECONDS = 20;

  private final Common common;

  @Option(
      names = "--from",
      paramLabel = "URL",
      description = "The store to take from. Default: the configured one.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "URL", required = true, description = "The store to fill.")
  private String to = "";

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description = "Only this queue; may be given several times. Default: all.")
  private Set<String> names = new LinkedHashSet<>();

  @Option(
      names = "--retry-failed",
      description = "Also FAILED jobs: they are made READY with fresh counts first.")
  private boolean retryFailed;

  @Option(names = "--dry-run", description = "Only say what would be moved; changes nothing.")
  private boolean dryRun;

  Move(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    String source = from == null ? common.config().store() : from;
    if (source.equals(to)) {
      throw new WrongUse("--from and --to are the same store");
    }
    if (source.equals("sync:") || to.equals("sync:")) {
      throw new WrongUse("in sync: no job ever waits, so there is nothing to move");
    }
    StoreOptions options = common.config().storeOptions();
    try (JobStore store = Stores.open(source, existing(options))) {
      List<QueueStatus> queues = queues(store);
      String env = store.report().env();
      if (dryRun) {
        return preview(store, queues, env, options);
      }
      try (JobStore target = Stores.open(to, of(options, env))) {
        requireSuited(store.report(), target.report());
        return move(store, target, queues);
      }
    }
  }

  private int move(JobStore store, JobStore target, List<QueueStatus> queues)
      throws InterruptedException {
    long bound = queues.stream().mapToLong(Move::waiting).sum();
    try (ProgressBar bar = Batches.bar(common.shell, "move", bound)) {
      Mover mover =
          new Mover(
              store,
              target,
              count -> {
                if (bar != null) {
                  bar.stepBy(count);
                }
              });
      CountDownLatch ended = new CountDownLatch(1);
      Thread end = new Thread(() -> endInOrder(mover, ended), "jobyard-move-end");
      Runtime.getRuntime().addShutdownHook(end);
      try {
        return tell(store, target, mover.move(queues, retryFailed));
      } finally {
        ended.countDown();
        unhook(end);
      }
    }
  }

  /** Ctrl-C waits for the page on its way, and for the queues to be resumed. */
  private static void endInOrder(Mover mover, CountDownLatch ended) {
    mover.stop();
    try {
      boolean unused = ended.await(LAST_PAGE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already.
    }
  }

  /** The source's queues that are meant, in its order. */
  private List<QueueStatus> queues(JobStore store) {
    List<QueueStatus> all =
        store.queues().stream()
            .filter(queue -> names.isEmpty() || names.contains(queue.queue()))
            .toList();
    for (String name : names) {
      if (all.stream().noneMatch(queue -> queue.queue().equals(name))) {
        throw new JobyardException(
            "the source has no queue '" + name + "'; see: jobyard queue status");
      }
    }
    return all;
  }

  private int preview(
      JobStore store, List<QueueStatus> queues, @Nullable String env, StoreOptions options) {
    boolean ready = Stores.provider(to).migrate(to, of(options, env), true).isEmpty();
    String target = Stores.scheme(to) + "…, which has no tables yet";
    if (ready) {
      try (JobStore opened = Stores.open(to, existing(options))) {
        target = opened.report().url();
        requireSuited(store.report(), opened.report());
      }
    }
    return tell(
        store.report().url(),
        target,
        queues.stream()
            .map(queue ->
                new Moved(
                    queue.queue(),
                    waiting(queue) + (retryFailed ? queue.failed() : 0),
                    0,
                    Mover.running(store, queue.queue()),
                    retryFailed ? 0 : queue.failed(),
                    queue.cancelled(),
                    queue.paused(),
                    true))
            .toList());
  }

  private static void requireSuited(StoreReport source, StoreReport target) {
    if (source.url().equals(target.url())) {
      throw new JobyardException("--from and --to are the same store: " + source.url());
    }
    if (target.env() != null && !target.env().equals(source.env())) {
      throw new JobyardException(
          "%s belongs to the environment '%s' and %s to %s, so nothing was moved"
              .formatted(
                  target.url(),
                  target.env(),
                  source.url(),
                  source.env() == null ? "none" : "'" + source.env() + "'"));
    }
  }

  private int tell(JobStore store, JobStore target, List<Moved> moved) {
    return tell(store.report().url(), target.report().url(), moved);
  }

  private int tell(String source, String target, List<Moved> moved) {
    Output out = common.output();
    if (out.json()) {
      out.document(json(source, target, moved));
    } else {
      moved.forEach(queue -> text(queue).forEach(out::line));
      long all = moved.stream().mapToLong(Moved::moved).sum();
      out.line(
          "%s %,d jobs from %s to %s"
              .formatted(dryRun ? "would move" : "moved", all, source, target));
    }
    boolean done = moved.stream().allMatch(queue -> queue.complete() && queue.running().isEmpty());
    return done || dryRun ? 0 : 1;
  }

  private List<String> text(Moved moved) {
    List<String> lines = new ArrayList<>();
    String name = moved.queue();
    lines.add("%s: %,d jobs".formatted(name, moved.moved()));
    if (moved.resumed() > 0) {
      lines.add(
          "  of them %,d that an earlier move had brought already".formatted(moved.resumed()));
    }
    if (!moved.running().isEmpty()) {
      lines.add(
          "  %,d run and stay: %s%s; move again when they have ended"
              .formatted(
                  moved.running().size(),
                  String.join(
                      ", ", moved.running().stream().limit(NAMED).map(Object::toString).toList()),
                  moved.running().size() > NAMED ? " …" : ""));
    }
    if (moved.failed() > 0) {
      lines.add("  %,d failed and stay; --retry-failed takes them along".formatted(moved.failed()));
    }
    if (moved.cancelled() > 0) {
      lines.add("  %,d were cancelled and stay".formatted(moved.cancelled()));
    }
    if (moved.wasPaused()) {
      lines.add(
          "  it was paused and stays so at the source; go on there with: jobyard queue resume"
              + " --queue "
              + name);
    }
    if (!moved.complete()) {
      lines.add("  stopped before the end; run it again");
    }
    return lines;
  }

  private ObjectNode json(String source, String target, List<Moved> moved) {
    ObjectNode document =
        Json.object().put("from", source).put("to", target).put("dry_run", dryRun);
    document.put("moved", moved.stream().mapToLong(Moved::moved).sum());
    ArrayNode queues = document.putArray("queues");
    for (Moved queue : moved) {
      ObjectNode node =
          queues
              .addObject()
              .put("queue", queue.queue())
              .put("moved", queue.moved())
              .put("resumed", queue.resumed())
              .put("failed_left", queue.failed())
              .put("cancelled_left", queue.cancelled())
              .put("was_paused", queue.wasPaused())
              .put("complete", queue.complete());
      ArrayNode running = node.putArray("running_left");
      queue.running().forEach(id -> running.add(id.toString()));
    }
    return document;
  }

  private static long waiting(QueueStatus queue) {
    return queue.ready() + queue.scheduled();
  }

  /** To open what is there, and neither make nor change its tables, nor say whose it is. */
  private StoreOptions existing(StoreOptions options) {
    return new StoreOptions(
        options.base(), false, options.pushTimeout(), options.env(), options.shards(), false);
  }

  /** The target belongs to the source's environment from now on, or refuses. */
  private static StoreOptions of(StoreOptions options, @Nullable String env) {
    return new StoreOptions(
        options.base(), options.migrate(), options.pushTimeout(), env, options.shards());
  }
}
