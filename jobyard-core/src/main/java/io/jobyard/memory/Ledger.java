package io.jobyard.memory;

import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Every job of the store, by number, id and queue. Guarded by {@link Memory}'s lock. */
final class Ledger {
  private final NavigableMap<Long, StoredJob> bySeq = new TreeMap<>();
  private final Map<UUID, StoredJob> byId = new HashMap<>();
  private final Map<String, StoredJob> byExternalId = new HashMap<>();
  private final SortedMap<String, Line> lines = new TreeMap<>();
  private long lastSeq;

  /** Stores a job unless it, or one with its external id, is there; says which one is. */
  UUID add(NewJob job, Instant now) {
    StoredJob known = byId.get(job.id());
    if (known == null && job.externalId() != null) {
      known = byExternalId.get(job.externalId());
    }
    if (known != null) {
      return known.job().id();
    }
    add(new StoredJob(job, ++lastSeq, now));
    return job.id();
  }

  /** Takes a job of another store over, unless it is here already; says whether it was new. */
  boolean adopt(JobView job, Instant now) {
    if (byId.containsKey(job.id())) {
      return false;
    }
    add(new StoredJob(job, ++lastSeq, now));
    return true;
  }

  /** Who has the external id; null if it is free. */
  @Nullable StoredJob named(String externalId) {
    return byExternalId.get(externalId);
  }

  private void add(StoredJob stored) {
    NewJob job = stored.job();
    bySeq.put(stored.seq(), stored);
    byId.put(job.id(), stored);
    if (job.externalId() != null) {
      byExternalId.put(job.externalId(), stored);
    }
    line(job.queue()).add(stored);
  }

  @Nullable StoredJob get(UUID id) {
    return byId.get(id);
  }

  /** The job leased under this key; null if the lease is stale. */
  @Nullable StoredJob held(LeaseKey key) {
    StoredJob job = byId.get(key.id());
    return job != null && job.isHeldUnder(key) ? job : null;
  }

  void change(StoredJob job, Consumer<StoredJob> change) {
    line(job.job().queue()).change(job, change);
  }

  /** Removes a job that stays counted as what it came to. */
  void drop(StoredJob job) {
    bySeq.remove(job.seq());
    byId.remove(job.job().id());
    if (job.job().externalId() != null) {
      byExternalId.remove(job.job().externalId());
    }
  }

  /** Removes a job that counts as forgotten from now on. */
  void forget(StoredJob job) {
    drop(job);
    line(job.job().queue()).forget(job);
  }

  void advance(Instant now) {
    lines.values().forEach(line -> line.advance(now));
  }

  /** The queue's line; there from its first mention on. */
  Line line(String queue) {
    return lines.computeIfAbsent(queue, name -> new Line());
  }

  SortedMap<String, Line> lines() {
    return lines;
  }

  NavigableMap<Long, StoredJob> bySeq() {
    return bySeq;
  }
}
