package io.jobyard.store.redis;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Who has which external id. They are unique in the store while its lines may be in other slots, so
 * a job's is reserved before it is pushed and freed after it was removed. A process that dies in
 * between leaves an id with a job that is not there: who wants it waits until that is certain, and
 * takes it over. Safe for any thread.
 */
final class Externals {
  /** So long a reservation without its job may be a push underway. */
  private static final Duration UNDERWAY = Duration.ofSeconds(10);

  private final Link link;
  private final Lines lines;
  private final Duration patience;

  Externals(Link link, Lines lines, Duration patience) {
    this.link = link;
    this.lines = lines;
    this.patience = patience;
  }

  private record Wish(NewJob job, Line line) {}

  /** For each job with an external id, by its own id: the id of the job that has it. */
  Map<UUID, UUID> reserve(List<NewJob> jobs) {
    Map<UUID, UUID> owners = new HashMap<>();
    List<Wish> wishes = new ArrayList<>();
    for (NewJob job : jobs) {
      if (job.externalId() != null) {
        wishes.add(new Wish(job, lines.of(job.queue(), job.id())));
      }
    }
    long until = System.nanoTime() + patience.toNanos();
    while (!wishes.isEmpty()) {
      wishes = reserve(wishes, owners);
      if (!wishes.isEmpty()) {
        pause(until, wishes.getFirst());
      }
    }
    return owners;
  }

  /** Returns those that are not decided yet. */
  private List<Wish> reserve(List<Wish> wishes, Map<UUID, UUID> owners) {
    Call call = call(LuaScript.RESERVE);
    for (Wish wish : wishes) {
      call.add(String.valueOf(wish.job().externalId())).add(wish.job().id());
      call.add(wish.line().base());
    }
    List<Object> answer = link.call(call);
    List<Wish> undecided = new ArrayList<>();
    for (int i = 0; i < wishes.size(); i++) {
      Wish wish = wishes.get(i);
      List<Object> owner = Replies.list(answer.get(i));
      UUID id = Ids.uuid(Replies.bytes(owner.get(0)), 0);
      boolean sameBatch =
          wishes.subList(0, i).stream().anyMatch(earlier -> earlier.job().id().equals(id));
      if (id.equals(wish.job().id()) || sameBatch || exists(id, Replies.text(owner.get(1)))) {
        owners.put(wish.job().id(), id);
      } else {
        undecided.add(wish);
        if (Replies.number(owner.get(2)) > UNDERWAY.toMillis()) {
          release(List.of(Call.bytes(String.valueOf(wish.job().externalId())), Ids.bytes(id)));
        }
      }
    }
    return undecided;
  }

  private boolean exists(UUID id, String base) {
    return lines.all().stream()
        .filter(line -> line.base().equals(base))
        .anyMatch(line -> link.call(Call.on(line, LuaScript.VIEWS).add(id)).size() > 1);
  }

  private static void pause(long until, Wish wish) {
    if (System.nanoTime() > until) {
      throw new StoreUnavailable(
          "external id "
              + wish.job().externalId()
              + " is reserved by another push that did not end yet; push again in "
              + UNDERWAY.toSeconds()
              + " s");
    }
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while an external id was reserved", e);
    }
  }

  /** Frees external ids: each, then the id that had it. */
  void release(List<?> freed) {
    if (freed.isEmpty()) {
      return;
    }
    Call call = call(LuaScript.RELEASE);
    freed.forEach(part -> call.add((byte[]) part));
    link.call(call);
  }

  /** Frees what was reserved for jobs that are not stored after all; one that is keeps its own. */
  void releaseUnused(List<byte[]> reserved, List<NewJob> jobs) {
    List<byte[]> unused = new ArrayList<>();
    for (int i = 0; i < reserved.size(); i += 2) {
      UUID id = Ids.uuid(reserved.get(i + 1), 0);
      boolean stored =
          jobs.stream()
              .filter(job -> job.id().equals(id))
              .anyMatch(job -> exists(id, lines.of(job.queue(), id).base()));
      if (!stored) {
        unused.add(reserved.get(i));
        unused.add(reserved.get(i + 1));
      }
    }
    release(unused);
  }

  private Call call(LuaScript script) {
    return Call.of(script).key(link.url().root() + "externals");
  }
}
