package io.jobyard.cli.demo;

import io.jobyard.Address;
import io.jobyard.JobContext;
import io.jobyard.Pusher;
import io.jobyard.SharedTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A context for jobs that only want to know their own id. */
final class NoContext implements JobContext {
  private final UUID id = UUID.randomUUID();

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public String queue() {
    throw notHere();
  }

  @Override
  public String kind() {
    throw notHere();
  }

  @Override
  public int attempt() {
    throw notHere();
  }

  @Override
  public boolean lastAttempt() {
    throw notHere();
  }

  @Override
  public Optional<Instant> deadline() {
    throw notHere();
  }

  @Override
  public void progress(long done, long total, String note) {
    throw notHere();
  }

  @Override
  public void send(Address to, Object message) {
    throw notHere();
  }

  @Override
  public void log(String line) {
    throw notHere();
  }

  @Override
  public void release(Duration delay) {
    throw notHere();
  }

  @Override
  public void cancel() {
    throw notHere();
  }

  @Override
  public boolean cancelled() {
    throw notHere();
  }

  @Override
  public SharedTable table(String name) {
    throw notHere();
  }

  @Override
  public Pusher yard() {
    throw notHere();
  }

  @Override
  public <T> T service(Class<T> type) {
    throw notHere();
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("this test has no running job");
  }
}
