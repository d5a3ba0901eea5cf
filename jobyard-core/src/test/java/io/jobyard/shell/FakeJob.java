package io.jobyard.shell;

import io.jobyard.Address;
import io.jobyard.JobContext;
import io.jobyard.Pusher;
import io.jobyard.SharedTable;
import io.jobyard.Shell;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A running job that keeps what it is told. */
record FakeJob(UUID id, String queue, List<String> lines) implements JobContext {
  FakeJob() {
    this(UUID.randomUUID(), "shell", new CopyOnWriteArrayList<>());
  }

  @Override
  public String kind() {
    return Shell.KIND;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public boolean lastAttempt() {
    return true;
  }

  @Override
  public Optional<Instant> deadline() {
    return Optional.empty();
  }

  @Override
  public void progress(long done, long total, String note) {}

  @Override
  public void send(Address to, Object message) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void log(String line) {
    lines.add(line);
  }

  @Override
  public void release(Duration delay) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean cancelled() {
    return false;
  }

  @Override
  public SharedTable table(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Pusher yard() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T service(Class<T> type) {
    throw new UnsupportedOperationException();
  }
}
