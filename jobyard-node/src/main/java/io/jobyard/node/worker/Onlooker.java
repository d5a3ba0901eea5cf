package io.jobyard.node.worker;

import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.codec.Kinds;
import io.jobyard.codec.Work;
import io.jobyard.node.frame.RunSight;
import io.jobyard.run.Allowance;
import io.jobyard.run.Equipment;
import io.jobyard.run.ThreadDump;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees what runs in this process from outside: catches what each run prints, and tells where it
 * stands. Safe for use by many threads.
 *
 * <p>Whose thread it is that prints is inherited, by an {@link InheritableThreadLocal}: threads
 * that a job starts, virtual ones and those of a pool it makes included, speak for the job as long
 * as it runs. A scoped value would reach only those of a structured task scope, and none in Java
 * 21.
 */
final class Onlooker {
  /** What all runs of a process may print in a second, in bytes, and four times that at once. */
  private static final int PRINTS_A_SECOND = 1024 * 1024;

  @SuppressWarnings("ThreadLocalUsage") // there is one onlooker in a process
  private final InheritableThreadLocal<@Nullable Performer> speaker =
      new InheritableThreadLocal<>();

  private final Map<UUID, Performer> performers = new ConcurrentHashMap<>();
  private final Allowance shared = new Allowance(PRINTS_A_SECOND, 4.0 * PRINTS_A_SECOND);
  private final PrintStream console;
  private final StartedThreads startedThreads = new StartedThreads();
  private volatile @Nullable CpuMeter meter;

  private Onlooker(PrintStream console) {
    this.console = console;
  }

  /**
   * Takes over standard output and error: before anything else keeps hold of them, as a logging
   * framework does.
   */
  static Onlooker install() {
    var onlooker = new Onlooker(System.out);
    System.setOut(Prints.caught(System.out, onlooker, Performer.Stream.OUT));
    System.setErr(Prints.caught(System.err, onlooker, Performer.Stream.ERR));
    return onlooker;
  }

  /** Jobs run one at a time: what the process does is theirs. */
  void oneAtATime() {
    var started = new CpuMeter(performers.values());
    started.start();
    meter = started;
  }

  /** The same code, watched while it runs. */
  Equipment watched(Equipment code) {
    FailureHandler handler = code.onFailure();
    return new Equipment(
        new WatchedKinds(code.kinds()), code.services(), handler == null ? null : watched(handler));
  }

  /** Whom the calling thread speaks for; null for nobody. */
  @Nullable Performer performer() {
    return speaker.get();
  }

  /** Where a job's run stands; null if it does not run here. May take a second and a half. */
  @Nullable RunSight sight(UUID job) {
    Performer performer = performers.get(job);
    Thread thread = performer == null ? null : performer.thread();
    if (performer == null || thread == null) {
      return null;
    }
    boolean alone = meter != null;
    return new RunSight(
        ThreadDump.of(thread), alone ? startedThreads.since(thread) : null, cpu(performer));
  }

  private static RunSight.@Nullable CpuUse cpu(Performer performer) {
    Cpu begin = performer.cpuAtStart();
    Cpu now = begin == null ? null : Cpu.now().orElse(null);
    return begin == null || now == null
        ? null
        : new RunSight.CpuUse(now.millisSince(begin), now.millisAfter(begin));
  }

  private Performer enter(JobContext job) {
    var performer = new Performer(job, Thread.currentThread(), console, shared);
    speaker.set(performer);
    performers.put(job.id(), performer);
    CpuMeter current = meter;
    if (current != null) {
      current.begun();
    }
    return performer;
  }

  /** A run that did not end in time may end after the job's next has begun. */
  private void leave(JobContext job, Performer performer) {
    performers.remove(job.id(), performer);
    speaker.remove();
    performer.leave();
  }

  private FailureHandler watched(FailureHandler handler) {
    return (job, failure) -> {
      Performer performer = enter(job);
      try {
        handler.onFailure(job, failure);
      } finally {
        leave(job, performer);
      }
    };
  }

  private final class WatchedKinds implements Kinds {
    private final Kinds kinds;

    WatchedKinds(Kinds kinds) {
      this.kinds = kinds;
    }

    @Override
    public Work find(String kind) {
      return new WatchedWork(kinds.find(kind));
    }

    @Override
    public Work find(String kind, Payload payload) {
      return new WatchedWork(kinds.find(kind, payload));
    }

    @Override
    public Set<String> names() {
      return kinds.names();
    }
  }

  private final class WatchedWork implements Work {
    private final Work work;

    WatchedWork(Work work) {
      this.work = work;
    }

    @Override
    public JobSettings settings() {
      return work.settings();
    }

    @Override
    public boolean handlesFailure() {
      return work.handlesFailure();
    }

    @Override
    public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
      Performer performer = enter(job);
      try {
        return work.run(payload, job);
      } finally {
        leave(job, performer);
      }
    }

    @Override
    public Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable {
      Performer performer = enter(job);
      try {
        return work.failed(payload, job, failure);
      } finally {
        leave(job, performer);
      }
    }
  }
}
