package io.jobyard.node.worker;

import io.jobyard.Progress;
import io.jobyard.SharedTable;
import io.jobyard.codec.KindIndex;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.node.frame.WorkerSettings;
import io.jobyard.run.ChildPushes;
import io.jobyard.run.Equipment;
import io.jobyard.run.Finished;
import io.jobyard.run.Grabber;
import io.jobyard.run.JobRunner;
import io.jobyard.run.StoreUplink;
import io.jobyard.run.Uplink;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.Stores;
import io.jobyard.table.Tables;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Talk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This process takes its jobs from the store itself, and settles them. The manager still beats its
 * session, watches its runs and hears what they say.
 */
final class GrabBench implements Bench {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final WorkerSettings settings;
  private final OwnStore own;
  private final BoardFile board;
  private final Connection manager;
  private final LeaseGuard guard;
  private volatile @Nullable Tools tools;
  private final HeapGauge gauge = new HeapGauge(this::worn);
  private volatile boolean stuck;

  private record Tools(JobStore store, Talk talk, Grabber grabber, JobRunner runner) {}

  GrabBench(
      WorkerSettings settings,
      OwnStore own,
      BoardFile board,
      Connection manager,
      LeaseGuard guard) {
    this.settings = settings;
    this.own = own;
    this.board = board;
    this.manager = manager;
    this.guard = guard;
  }

  @Override
  public void open(Equipment equipment, KindIndex kinds) {
    JobStore store = Stores.open(own.url(), own.options());
    var grabber =
        new Grabber(
            new Grabber.Setup(
                settings.node(),
                own.pool(),
                store,
                board.board(),
                own.lease(),
                own.statsTtl(),
                kinds::settings,
                new Superior(),
                InstantSource.system()));
    Tables tables = Tables.in(Path.of(settings.tables()));
    var talk = new Talk("worker of " + settings.pool(), store);
    var unused = new Ears(talk::hearSoon).inbox(settings.seat(), equipment.services().listeners());
    var link = new Link(new StoreUplink(store, tables, talk, new Runs(grabber)));
    var runner =
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
                board.board(),
                run -> ended(grabber, run),
                InstantSource.system()));
    tools = new Tools(store, talk, grabber, runner);
    grabber.open(runner);
  }

  private void ended(Grabber grabber, Finished run) {
    stuck |= run.stuck();
    gauge.afterRun();
    board.runEnded();
    grabber.finished(run);
  }

  private void worn(boolean full, String why) {
    if (full) {
      tools().runner.hold();
    }
    manager.send(new Frame.Worn(full, why));
  }

  @Override
  public void hear(Frame.ToGrabber frame) {
    switch (frame) {
      case Frame.Serve(var session, int slot, int quota) ->
          tools().grabber.serve(session, slot, quota);
      case Frame.Abandon() -> tools().grabber.abandon();
      case Frame.CancelJobs(var keys) -> tools().grabber.cancel(Set.copyOf(keys));
    }
  }

  @Override
  public void hear(Frame.ToRunner frame) throws BadFrame {
    throw new BadFrame(
        "a worker that takes its jobs itself was told " + frame.getClass().getSimpleName());
  }

  @Override
  public boolean busy() {
    return stuck || board.board().busy();
  }

  @Override
  public void leave() throws InterruptedException {
    Tools all = tools();
    all.grabber.drain();
    manager.send(new Frame.Drained());
    boolean unused = all.grabber.awaitIdle(FOR_EVER);
    manager.send(new Frame.Idle()); // a successor need not wait for this JVM's end
    all.grabber.close();
    all.runner.close();
    all.talk.close();
    all.store.close();
  }

  private Tools tools() {
    Tools current = tools;
    if (current == null) {
      throw new IllegalStateException("the manager gave orders before this worker was ready");
    }
    return current;
  }

  private final class Superior implements Grabber.Superior {
    @Override
    public void takeOver(Lease suspect) {
      manager.send(new Frame.TakeOver(suspect));
    }

    @Override
    public void kill(String why) {
      manager.send(new Frame.KillMe(why));
    }

    @Override
    public void nothingLeft() {
      manager.send(new Frame.Idle());
    }

    @Override
    public void beforeRuns() {
      guard.begin();
    }
  }

  private record Runs(Grabber grabber) implements StoreUplink.Runs {
    @Override
    public void waiting(int ticket, boolean waits) {
      grabber.waiting(ticket, waits);
    }

    @Override
    public boolean hold(int ticket) {
      return grabber.has(ticket);
    }
  }

  /** What jobs ask for goes to the store, what they say to the manager. */
  private final class Link implements Uplink {
    private final Uplink store;

    Link(Uplink store) {
      this.store = store;
    }

    @Override
    public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
      return store.push(parent, jobs);
    }

    @Override
    public List<JobView> find(Collection<UUID> ids) {
      return store.find(ids);
    }

    @Override
    public void waiting(int ticket, boolean waits) {
      store.waiting(ticket, waits);
    }

    @Override
    public SharedTable table(String name) {
      return store.table(name);
    }

    @Override
    public void progress(int ticket, LeaseKey run, Progress word) {
      manager.send(new Frame.Progress(ticket, word.done(), word.total(), word.note()), false);
    }

    @Override
    public void signal(int ticket, Signal message) {
      store.signal(ticket, message);
    }

    @Override
    public Subscription hear(String topic, Consumer<Signal> ear) {
      return store.hear(topic, ear);
    }

    @Override
    public void log(int ticket, String line) {
      manager.send(new Frame.Log(ticket, line), false);
    }
  }
}
