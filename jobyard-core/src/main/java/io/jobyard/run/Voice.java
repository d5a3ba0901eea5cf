package io.jobyard.run;

import io.jobyard.Address;
import io.jobyard.Progress;
import io.jobyard.StaleLease;
import io.jobyard.codec.MessageCodec;
import io.jobyard.store.Lease;
import io.jobyard.talk.Envelope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a runner's jobs say live: messages, and their progress at its {@link ProgressPace}. A run
 * that is over says nothing more.
 *
 * <p>Safe for use by many threads. Its thread, which says what waited, begins when something first
 * waits and ends with {@link #close}.
 */
final class Voice implements AutoCloseable {
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(50);

  private final String node;
  private final Uplink uplink;
  private final long pid = ProcessHandle.current().pid();
  private final MessageCodec codec = new MessageCodec();
  private final Set<Run> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  Voice(String node, Uplink uplink) {
    this.node = node;
    this.uplink = uplink;
  }

  void send(Run run, Address to, Object message) {
    Lease lease = run.assignment.lease();
    byte[] json = codec.write(message);
    if (run.over()) {
      throw new StaleLease(
          "job " + lease.key().id() + " is not running any more; its message was not sent");
    }
    uplink.signal(
        run.ticket(),
        Envelope.seal(to, lease.key().id(), lease.standing().queue(), node, pid, json));
  }

  void progress(Run run, Progress progress) {
    if (run.over()) {
      return;
    }
    if (run.progress.say(progress, System.nanoTime(), word -> pass(run, word))) {
      if (waiting.add(run)) {
        wake();
      }
    }
  }

  /** The run has ended: says the last that it said. */
  void ended(Run run) {
    waiting.remove(run);
    run.progress.rest(word -> pass(run, word));
  }

  private void pass(Run run, Progress progress) {
    uplink.progress(run.ticket(), run.assignment.lease().key(), progress);
  }

  private void wake() {
    Thread sayer = thread;
    if (sayer == null) {
      synchronized (this) {
        if (thread == null && !closed) {
          thread = Thread.ofPlatform().daemon().name("jobyard-progress").start(this::sayWhatWaits);
        }
      }
    } else {
      LockSupport.unpark(sayer);
    }
  }

  private void sayWhatWaits() {
    while (!closed) {
      if (waiting.isEmpty()) {
        LockSupport.park(this);
      } else {
        pause();
        waiting.forEach(this::sayWhatWaits);
      }
    }
  }

  private static void pause() {
    long end = System.nanoTime() + LOOK;
    for (long left = LOOK; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void sayWhatWaits(Run run) {
    waiting.remove(run); // first: what comes from now on enters it again
    if (!run.over() && !run.progress.due(System.nanoTime(), word -> pass(run, word))) {
      waiting.add(run);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
