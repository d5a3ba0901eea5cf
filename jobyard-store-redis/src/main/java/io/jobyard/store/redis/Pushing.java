package io.jobyard.store.redis;

import io.jobyard.StaleLease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores jobs. Those of one line are one step, and on one server those of a batch. On a Cluster the
 * lines of a batch are stored one beside the other: a failure may leave some, and pushing the same
 * batch again stores the others. Safe for any thread.
 */
final class Pushing {
  private final Link link;
  private final Lines lines;
  private final Externals externals;
  private final Outbox outbox;

  Pushing(Link link, Lines lines, Externals externals) {
    this.link = link;
    this.lines = lines;
    this.externals = externals;
    this.outbox = new Outbox(link, lines, this::deliver);
  }

  Outbox outbox() {
    return outbox;
  }

  List<UUID> push(List<NewJob> jobs) {
    Limits.check(jobs);
    if (jobs.isEmpty()) {
      return List.of();
    }
    return store(jobs, null);
  }

  List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    Limits.check(jobs);
    Line home = outbox.home(parent);
    if (home == null) {
      throw stale(parent);
    }
    return store(jobs, new Holder(home, parent));
  }

  /** Pushes that were kept in an outbox until now. */
  private void deliver(List<NewJob> jobs) {
    store(jobs, null);
  }

  private record Holder(Line line, LeaseKey key) {}

  private List<UUID> store(List<NewJob> jobs, @Nullable Holder parent) {
    lines.register(jobs.stream().map(NewJob::queue).toList());
    Map<UUID, UUID> owners = externals.reserve(jobs);
    Map<Line, List<NewJob>> groups = new LinkedHashMap<>();
    for (NewJob job : jobs) {
      if (owners.getOrDefault(job.id(), job.id()).equals(job.id())) {
        groups.computeIfAbsent(lines.of(job.queue(), job.id()), line -> new ArrayList<>()).add(job);
      }
    }
    if (parent != null
        && link.cluster()
        && !groups.keySet().equals(java.util.Set.of(parent.line()))) {
      if (!outbox.put(parent.line(), parent.key(), groups.values())) {
        throw refused(parent, owners, jobs);
      }
      List<Call> calls = groups.entrySet().stream().map(group -> call(group, null)).toList();
      link.calls(calls);
      outbox.delivered(parent.line(), groups.values());
    } else {
      List<Call> calls = calls(groups, parent);
      for (List<Object> answer : link.calls(calls)) {
        if (Replies.number(answer.getFirst()) == 0) {
          throw refused(Objects.requireNonNull(parent), owners, jobs);
        }
      }
    }
    groups.keySet().forEach(link::awaitReplicas);
    return jobs.stream().map(job -> owners.getOrDefault(job.id(), job.id())).toList();
  }

  private StaleLease refused(Holder parent, Map<UUID, UUID> owners, List<NewJob> jobs) {
    List<byte[]> own = new ArrayList<>();
    for (NewJob job : jobs) {
      if (job.externalId() != null && job.id().equals(owners.get(job.id()))) {
        own.add(Call.bytes(job.externalId()));
        own.add(Ids.bytes(job.id()));
      }
    }
    externals.releaseUnused(own, jobs);
    return stale(parent.key());
  }

  private static StaleLease stale(LeaseKey parent) {
    return new StaleLease(
        "job "
            + parent.id()
            + " lost its lease (fence "
            + parent.fence()
            + "), so its push was refused; end this run, another one has taken over");
  }

  /** One for each line; one for all where one server has them. */
  private List<Call> calls(Map<Line, List<NewJob>> groups, @Nullable Holder parent) {
    if (link.cluster()) {
      return groups.entrySet().stream().map(group -> call(group, parent)).toList();
    }
    if (groups.isEmpty()) {
      return List.of();
    }
    Call all = begin(parent);
    groups.forEach((line, jobs) -> add(all, line, jobs));
    return List.of(all);
  }

  private Call call(Map.Entry<Line, List<NewJob>> group, @Nullable Holder parent) {
    Call call = begin(parent);
    add(call, group.getKey(), group.getValue());
    return call;
  }

  private Call begin(@Nullable Holder parent) {
    Call call = Call.of(LuaScript.PUSH).add(link.url().channel());
    if (parent == null) {
      return call.add("").add("").add("");
    }
    LeaseKey key = parent.key();
    return call.touching(parent.line())
        .add(parent.line().base())
        .add(key.id())
        .add(Ids.Proof.of(key));
  }

  private static void add(Call call, Line line, List<NewJob> jobs) {
    call.touching(line).add(line.base()).add(line.queue()).add(line.shardDigits()).add(jobs.size());
    jobs.forEach(job -> job(call, job));
  }

  /** A job as scripts take it: body, and when it is due. */
  static void job(Call call, NewJob job) {
    call.add(Body.write(job));
    switch (job.due()) {
      case NewJob.Due.In(var delay) -> call.add(delay.isZero() ? "" : "N" + delay.toMillis());
      case NewJob.Due.At(var instant) -> call.add("A" + millis(instant));
    }
  }

  static long millis(Instant instant) {
    return instant.isBefore(Instant.EPOCH) ? 0 : instant.toEpochMilli();
  }
}
