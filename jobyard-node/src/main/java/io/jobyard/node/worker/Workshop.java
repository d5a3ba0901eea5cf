package io.jobyard.node.worker;

import io.jobyard.JobyardException;
import io.jobyard.Shell;
import io.jobyard.codec.KindIndex;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.ChildPushes;
import io.jobyard.run.Equipment;
import io.jobyard.run.JobRunner;
import io.jobyard.run.RunBoard;
import io.jobyard.shell.ShellWork;
import io.jobyard.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker's inside: sets up what jobs need on a thread of its own, then says it is ready; passes
 * what the manager says to the runner, and what runs say to the manager.
 */
final class Workshop {
  private static final int START_FAILED = 70;
  private static final long IDLE_CHECK_MS = 5;

  private final WorkerSettings settings;
  private final RunBoard board;
  private final Connection manager;
  private final OpenRuns open;
  private final LeaseGuard guard;
  private final Requests requests = new Requests();
  private final ManagerLink link;
  private volatile @Nullable JobRunner runner;
  private volatile boolean leaving;

  /**
   * @param leave ends the process at once
   */
  Workshop(WorkerSettings settings, RunBoard board, Connection manager, Runnable leave) {
    this.settings = settings;
    this.board = board;
    this.manager = manager;
    this.open = new OpenRuns(board);
    this.guard = new LeaseGuard(open::any, leave);
    Tables tables = Tables.in(Path.of(settings.tables()));
    this.link = new ManagerLink(manager, requests, open, settings.node(), tables);
  }

  /** Serves until the manager is gone. */
  void listen() throws IOException {
    Thread.ofPlatform().name("jobyard-start").start(this::setUp);
    for (Frame frame = manager.receive(); frame != null; frame = manager.receive()) {
      hear(frame);
    }
  }

  /** Whether the connection ended because this worker leaves of its own accord. */
  boolean leaving() {
    return leaving;
  }

  private void hear(Frame frame) throws IOException {
    switch (frame) {
      case Frame.Run(var batch) -> {
        open.add(batch);
        guard.begin();
        runner().run(batch);
      }
      case Frame.Cancel(int ticket) -> runner().cancel(ticket);
      case Frame.Leases(long validUntil) -> {
        guard.extend(validUntil);
        Runtime jvm = Runtime.getRuntime();
        manager.send(new Frame.Pulse(jvm.totalMemory() - jvm.freeMemory()), false);
      }
      case Frame.Pushed pushed -> requests.answered(pushed.request(), pushed);
      case Frame.Found found -> requests.answered(found.request(), found);
      case Frame.Refused(long request, Frame.Cause cause, String message) ->
          requests.refused(request, cause, message);
      case Frame.Retire() ->
          Thread.ofPlatform().name("jobyard-retire").start(() -> leaveWhenIdle(runner()));
      case Frame.Hello f -> throw unexpected(f);
      case Frame.Refusal f -> throw unexpected(f);
      case Frame.Welcome f -> throw unexpected(f);
      case Frame.Ready f -> throw unexpected(f);
      case Frame.StartFailed f -> throw unexpected(f);
      case Frame.Done f -> throw unexpected(f);
      case Frame.Progress f -> throw unexpected(f);
      case Frame.Log f -> throw unexpected(f);
      case Frame.Waiting f -> throw unexpected(f);
      case Frame.Push f -> throw unexpected(f);
      case Frame.Find f -> throw unexpected(f);
      case Frame.Pulse f -> throw unexpected(f);
      case Frame.Audit f -> throw unexpected(f);
    }
  }

  private JobRunner runner() {
    JobRunner current = runner;
    if (current == null) {
      throw new IllegalStateException("the manager gave orders before this worker was ready");
    }
    return current;
  }

  private static BadFrame unexpected(Frame frame) {
    return new BadFrame("a manager does not say " + frame.getClass().getSimpleName());
  }

  // ---- set up and leave ----

  private void setUp() {
    try {
      runner = new JobRunner(setup());
      manager.send(new Frame.Ready());
    } catch (Throwable e) {
      e.printStackTrace();
      manager.send(new Frame.StartFailed(reason(e)));
      leaving = true;
      manager.close();
      Runtime.getRuntime().halt(START_FAILED);
    }
  }

  private JobRunner.Setup setup() throws Exception {
    KindIndex index = KindIndex.fromJson(Files.readAllBytes(Path.of(settings.kinds())));
    ClassLoader loader = Workshop.class.getClassLoader();
    Equipment equipment =
        Equipment.of(index, loader, settings.onStart(), settings.onFailure())
            .shipped(settings.shippingKey(), loader)
            .with(Shell.KIND, shell());
    return new JobRunner.Setup(
        settings.node(),
        settings.queue(),
        settings.threads(),
        settings.killGrace(),
        equipment.kinds(),
        equipment.services(),
        equipment.onFailure(),
        link,
        new ChildPushes(link, settings.shippingKey()),
        board,
        link,
        InstantSource.system());
  }

  private ShellWork shell() {
    return new ShellWork(
        settings.commands(),
        Path.of("").toAbsolutePath(),
        settings.killGrace(),
        line -> manager.send(new Frame.Audit(line)));
  }

  /** Jobyard's own refusals are whole sentences; others need their class to be understood. */
  private static String reason(Throwable e) {
    return e instanceof JobyardException && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  private void leaveWhenIdle(JobRunner current) {
    try {
      while (open.any()) {
        TimeUnit.MILLISECONDS.sleep(IDLE_CHECK_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    current.close();
    leaving = true;
    manager.close();
    System.exit(0);
  }
}
