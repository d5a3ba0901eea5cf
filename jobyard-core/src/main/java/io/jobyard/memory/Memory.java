package io.jobyard.memory;

import io.jobyard.store.Environment;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all stores opened on the same memory share. One lock guards everything, so that each call of
 * the SPI is one step; within a step time stands still.
 */
final class Memory {
  final Ledger ledger = new Ledger();
  final Sessions sessions = new Sessions();
  final Wakes wakes = new Wakes();
  final Signals signals = new Signals();
  final Samples samples = new Samples();
  final RandomGenerator tokens;

  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private Instant now = Instant.EPOCH;
  private @Nullable String env;

  Memory(InstantSource clock, LongSupplier nanoTime, RandomGenerator tokens) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.tokens = tokens;
  }

  /** Carries out one call of the SPI. */
  <T> T step(Supplier<T> call) {
    lock.lock();
    try {
      now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      ledger.advance(now);
      return call.get();
    } finally {
      lock.unlock();
    }
  }

  /** Lets a process in that belongs to this environment; the first decides which it is. */
  void admit(StoreOptions options, String url) {
    String configured = options.env();
    lock.lock();
    try {
      if (configured == null) {
        return;
      }
      if (env == null && options.claims()) {
        env = configured;
      }
      if (env != null) {
        Environment.require(configured, env, url);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Null if none was ever given. Within a step. */
  @Nullable String env() {
    return env;
  }

  /** The moment of this step. */
  Instant now() {
    return now;
  }

  long nanos() {
    return nanoTime.getAsLong();
  }

  /** Stores jobs that were checked, and wakes who serves them. */
  List<UUID> store(List<NewJob> jobs) {
    jobs.forEach(job -> wakes.ready(job.queue()));
    return jobs.stream().map(job -> ledger.add(job, now)).toList();
  }
}
