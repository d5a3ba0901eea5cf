package io.jobyard.node.worker;

import io.jobyard.codec.KindIndex;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.Assignment;
import io.jobyard.run.ChildPushes;
import io.jobyard.run.Equipment;
import io.jobyard.run.Finished;
import io.jobyard.run.JobRunner;
import io.jobyard.run.RunBoard;
import io.jobyard.store.Signal;
import io.jobyard.table.Tables;
import io.jobyard.talk.Ears;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The manager hands over the jobs, and all that they ask for goes through it. */
final class HandedBench implements Bench {
  private static final long IDLE_CHECK_MS = 5;

  private final WorkerSettings settings;
  private final RunBoard board;
  private final LeaseGuard guard;
  private final OpenRuns open;
  private final Connection manager;
  private final HeapGauge gauge = new HeapGauge(this::worn);
  private final Requests requests = new Requests();
  private final ManagerLink link;
  private final Ears ears;
  private volatile @Nullable JobRunner runner;

  HandedBench(WorkerSettings settings, RunBoard board, Connection manager, LeaseGuard guard) {
    this.settings = settings;
    this.board = board;
    this.manager = manager;
    this.guard = guard;
    this.open = new OpenRuns(board);
    Tables tables = Tables.in(Path.of(settings.tables()));
    this.link = new ManagerLink(manager, requests, open, settings.node(), tables);
    this.ears = new Ears(link);
  }

  @Override
  public void open(Equipment equipment, KindIndex kinds) {
    var unused = ears.inbox(settings.seat(), equipment.services().listeners());
    runner =
        new JobRunner(
            new JobRunner.Setup(
                settings.node(),
                settings.pool(),
                settings.threads(),
                settings.killGrace(),
                equipment.kinds(),
                equipment.services(),
                equipment.onFailure(),
                link,
                new ChildPushes(link, settings.shippingKey()),
                board,
                this::ended,
                InstantSource.system()));
  }

  private void ended(Finished run) {
    gauge.afterRun();
    link.finished(run);
  }

  private void worn(boolean full, String why) {
    if (full) {
      runner().hold();
    }
    manager.send(new Frame.Worn(full, why));
  }

  @Override
  public void hear(Frame.ToRunner frame) {
    // By far the most, and the first: a JVM takes long to link a switch over types.
    if (frame instanceof Frame.Run(var batch)) {
      run(batch);
      return;
    }
    switch (frame) {
      case Frame.Run(var batch) -> run(batch);
      case Frame.Cancel(int ticket) -> runner().cancel(ticket);
      case Frame.Heard(Signal signal) -> link.heard(signal);
      case Frame.Pushed pushed -> requests.answered(pushed.request(), pushed);
      case Frame.Found found -> requests.answered(found.request(), found);
      case Frame.Refused(long request, Frame.Cause cause, String message) ->
          requests.refused(request, cause, message);
    }
  }

  private void run(List<Assignment> batch) {
    open.add(batch);
    guard.begin();
    runner().run(batch);
  }

  @Override
  public void hear(Frame.ToGrabber frame) throws BadFrame {
    throw new BadFrame(
        "a worker that is handed its jobs was told " + frame.getClass().getSimpleName());
  }

  @Override
  public boolean busy() {
    return open.any();
  }

  @Override
  public void leave() throws InterruptedException {
    while (open.any()) {
      TimeUnit.MILLISECONDS.sleep(IDLE_CHECK_MS);
    }
    runner().close();
  }

  private JobRunner runner() {
    JobRunner current = runner;
    if (current == null) {
      throw new IllegalStateException("the manager gave orders before this worker was ready");
    }
    return current;
  }
}
