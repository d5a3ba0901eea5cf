package io.jobyard.run;

import io.jobyard.Address;
import io.jobyard.JobContext;
import io.jobyard.Progress;
import io.jobyard.Pusher;
import io.jobyard.Services;
import io.jobyard.SharedTable;
import io.jobyard.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The {@link JobContext} of one run. */
final class RunContext implements JobContext {
  private final Run run;
  private final Lease lease;
  private final Uplink uplink;
  private final Voice voice;
  private final Pusher pusher;
  private final Services services;
  private final @Nullable Instant deadline;
  private volatile @Nullable RunEnded ended;

  RunContext(
      Run run,
      Uplink uplink,
      Voice voice,
      Pusher pusher,
      Services services,
      @Nullable Instant deadline) {
    this.run = run;
    this.lease = run.assignment.lease();
    this.uplink = uplink;
    this.voice = voice;
    this.pusher = pusher;
    this.services = services;
    this.deadline = deadline;
  }

  /** What the job asked for with release or cancel, even if its code swallowed the throwable. */
  @Nullable RunEnded ended() {
    return ended;
  }

  @Override
  public UUID id() {
    return lease.key().id();
  }

  @Override
  public String queue() {
    return lease.standing().queue();
  }

  @Override
  public String kind() {
    return lease.kind();
  }

  @Override
  public int attempt() {
    return lease.standing().attempt();
  }

  @Override
  public boolean lastAttempt() {
    return run.assignment.lastAttempt();
  }

  @Override
  public Optional<Instant> deadline() {
    return Optional.ofNullable(deadline);
  }

  @Override
  public void progress(long done, long total, String note) {
    voice.progress(run, new Progress(done, total, note));
  }

  @Override
  public void send(Address to, Object message) {
    voice.send(run, to, message);
  }

  @Override
  public void log(String line) {
    run.log(line, said -> uplink.log(run.ticket(), said));
  }

  @Override
  public void release(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("release needs a delay of at least 0, got " + delay);
    }
    leave(RunEnded.released(delay));
  }

  @Override
  public void cancel() {
    leave(RunEnded.cancelled());
  }

  @Override
  public boolean cancelled() {
    return run.stopping() == Run.Stop.CANCEL;
  }

  @Override
  public SharedTable table(String name) {
    return uplink.table(name);
  }

  @Override
  public Pusher yard() {
    return pusher;
  }

  @Override
  public <T> T service(Class<T> type) {
    return services.get(type);
  }

  private void leave(RunEnded how) {
    if (run.failing()) {
      throw new IllegalStateException(
          "a failure handler cannot release or cancel: its job has ended");
    }
    ended = how;
    throw how;
  }
}
