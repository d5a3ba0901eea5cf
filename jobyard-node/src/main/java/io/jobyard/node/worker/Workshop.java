package io.jobyard.node.worker;

import io.jobyard.JobyardException;
import io.jobyard.Shell;
import io.jobyard.codec.KindIndex;
import io.jobyard.codec.Work;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.Equipment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A worker's inside: sets up what jobs need on a thread of its own, then says it is ready; passes
 * what the manager says to the runner, and what runs say to the manager.
 */
final class Workshop {
  private static final int START_FAILED = 70;

  private final WorkerSettings settings;
  private final Connection manager;
  private final Onlooker onlooker;
  private final Warmup warmup;
  private final LeaseGuard guard;
  private final Bench bench;
  private boolean retiring;
  private volatile boolean leaving;

  /**
   * @param leave ends the process at once
   */
  Workshop(
      WorkerSettings settings,
      BoardFile board,
      Connection manager,
      Onlooker onlooker,
      Warmup warmup,
      Runnable leave) {
    this.settings = settings;
    this.manager = manager;
    this.onlooker = onlooker;
    this.warmup = warmup;
    this.guard = new LeaseGuard(this::busy, leave);
    OwnStore own = settings.own();
    this.bench =
        own == null
            ? new HandedBench(settings, board.board(), manager, guard)
            : new GrabBench(settings, own, board, manager, guard);
  }

  private boolean busy() {
    return bench.busy();
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
    // By far the most, and the first: a JVM takes long to link a switch over types.
    if (frame instanceof Frame.ToRunner order) {
      bench.hear(order);
      return;
    }
    switch (frame) {
      case Frame.Leases(long validUntil) -> {
        guard.extend(validUntil);
        Runtime jvm = Runtime.getRuntime();
        manager.send(new Frame.Pulse(jvm.totalMemory() - jvm.freeMemory()), false);
      }
      case Frame.Retire() -> retire();
      case Frame.Look(long request, UUID job) -> look(request, job);
      case Frame.ToRunner f -> bench.hear(f);
      case Frame.ToGrabber f -> bench.hear(f);
      case Frame.Refusal f -> throw unexpected(f);
      case Frame.Welcome f -> throw unexpected(f);
      case Frame.ToManager f -> throw unexpected(f);
    }
  }

  /** Beside the manager's other words, since a stack may be long in coming. */
  private void look(long request, UUID job) {
    Thread.ofPlatform()
        .daemon()
        .name("jobyard-look")
        .start(() -> manager.send(new Frame.Looked(request, onlooker.sight(job))));
  }

  private void retire() {
    if (!retiring) {
      retiring = true;
      Thread.ofPlatform().name("jobyard-retire").start(this::leave);
    }
  }

  private static BadFrame unexpected(Frame frame) {
    return new BadFrame("a manager does not say " + frame.getClass().getSimpleName());
  }

  // ---- set up and leave ----

  private void setUp() {
    try {
      KindIndex index = KindIndex.fromJson(Files.readAllBytes(Path.of(settings.kinds())));
      if (settings.threads() == 1) {
        onlooker.oneAtATime();
      }
      bench.open(onlooker.watched(equipment(index)), index);
      warmup.await();
      manager.send(new Frame.Ready());
      warmup.goOn();
    } catch (Throwable e) {
      e.printStackTrace();
      manager.send(new Frame.StartFailed(reason(e)));
      leaving = true;
      manager.close();
      Runtime.getRuntime().halt(START_FAILED);
    }
  }

  private Equipment equipment(KindIndex index) throws Exception {
    Map<String, String> onFailure = new HashMap<>();
    for (WorkerSettings.Member member : settings.members()) {
      String handler = member.onFailure();
      if (handler != null) {
        onFailure.put(member.queue(), handler);
      }
    }
    Work shell = new ShellMembers(settings, line -> manager.send(new Frame.Audit(line)));
    ClassLoader loader = Workshop.class.getClassLoader();
    return Equipment.of(index, loader, settings.onStart(), onFailure)
        .shipped(settings.shippingKey(), loader)
        .with(Shell.KIND, shell)
        .delivering(settings.delivery());
  }

  /** Jobyard's own refusals are whole sentences; others need their class to be understood. */
  private static String reason(Throwable e) {
    return e instanceof JobyardException && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  private void leave() {
    try {
      bench.leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    leaving = true;
    manager.close();
    System.exit(0);
  }
}
