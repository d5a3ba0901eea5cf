package io.jobyard.stats;

import io.jobyard.FailureType;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * How often one cause made jobs of one kind and queue fail. Adds up; whoever shares one guards it.
 */
public final class CauseCount {
  private static final int VERSION = 1;
  private static final int MAX_IDS = 5;

  private final String queue;
  private final String kind;
  private final Cause cause;
  private final Deque<UUID> ids = new ArrayDeque<>();
  private long runs;
  private long jobs;
  private Instant first = Instant.MAX;
  private Instant last = Instant.MIN;

  CauseCount(String queue, String kind, Cause cause) {
    this.queue = queue;
    this.kind = kind;
    this.cause = cause;
  }

  public String queue() {
    return queue;
  }

  /** Empty where the kind was not known: the node was lost. */
  public String kind() {
    return kind;
  }

  public Cause cause() {
    return cause;
  }

  /** What it is stored under. */
  public String id() {
    return Cause.digest(queue, kind, cause.id());
  }

  /** Runs that failed so, retried or not. */
  public long runs() {
    return runs;
  }

  /** Jobs whose last run it was: they ended as FAILED. */
  public long jobs() {
    return jobs;
  }

  public Instant first() {
    return first;
  }

  public Instant last() {
    return last;
  }

  /** Some of the latest jobs. */
  public List<UUID> ids() {
    return List.copyOf(ids);
  }

  void count(UUID id, Instant at, boolean ended) {
    runs++;
    jobs += ended ? 1 : 0;
    seen(at, at);
    note(id);
  }

  void add(CauseCount other) {
    runs += other.runs;
    jobs += other.jobs;
    if (other.runs > 0) {
      seen(other.first, other.last);
    }
    other.ids.forEach(this::note);
  }

  private void seen(Instant from, Instant to) {
    first = from.isBefore(first) ? from : first;
    last = to.isAfter(last) ? to : last;
  }

  private void note(UUID id) {
    ids.remove(id);
    ids.addLast(id);
    if (ids.size() > MAX_IDS) {
      ids.removeFirst();
    }
  }

  byte[] bytes() {
    Packed.Out out = new Packed.Out();
    out.number(VERSION).text(queue).text(kind);
    out.text(cause.type().word()).text(cause.className());
    out.text(cause.message()).text(cause.frame());
    out.number(runs).number(jobs).number(first.toEpochMilli()).number(last.toEpochMilli());
    out.number(ids.size());
    ids.forEach(id -> out.number(id.getMostSignificantBits()).number(id.getLeastSignificantBits()));
    return out.bytes();
  }

  /** What {@link #bytes} wrote. */
  static CauseCount read(byte[] stored) {
    Packed.In in = new Packed.In(stored);
    long unusedVersion = in.number();
    CauseCount count =
        new CauseCount(
            in.text(),
            in.text(),
            new Cause(FailureType.of(in.text()), in.text(), in.text(), in.text()));
    count.runs = in.number();
    count.jobs = in.number();
    count.first = Instant.ofEpochMilli(in.number());
    count.last = Instant.ofEpochMilli(in.number());
    for (long left = in.number(); left > 0; left--) {
      count.ids.addLast(new UUID(in.number(), in.number()));
    }
    return count;
  }
}
