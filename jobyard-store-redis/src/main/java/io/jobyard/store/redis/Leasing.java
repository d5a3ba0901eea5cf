package io.jobyard.store.redis;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Slots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs. A queue with shards is asked shard by shard, beginning with the one that had some
 * last, until the request is filled; jobs are in order within a shard. Safe for any thread.
 */
final class Leasing {
  /** More in one step would keep the server from others for long. */
  private static final int AT_ONCE = 1_000;

  private static final int PAUSED = 0;
  private static final int UNKNOWN_SESSION = 2;

  private final Link link;
  private final Lines lines;
  private final Sessions sessions;
  private final SplittableRandom random = new SplittableRandom();
  private final Map<String, Integer> lastShard = new ConcurrentHashMap<>();

  Leasing(Link link, Lines lines, Sessions sessions) {
    this.link = link;
    this.lines = lines;
    this.sessions = sessions;
  }

  Leased lease(LeaseRequest request) {
    List<Line> shards = lines.of(request.queue());
    Batch batch = new Batch(request);
    int first = lastShard.getOrDefault(request.queue(), 0);
    for (int i = 0; i < shards.size() && !batch.isFull(); i++) {
      Line line = shards.get((first + i) % shards.size());
      int before = batch.leases.size();
      int had;
      do {
        had = batch.leases.size();
        if (!ask(line, batch, limit(request, shards, line))) {
          return new Leased(batch.leases, null);
        }
      } while (batch.leases.size() == had + AT_ONCE && !batch.isFull());
      if (batch.leases.size() > before) {
        // A filled shard has its turn, then the next one.
        int turn = batch.isFull() ? line.shard() + 1 : line.shard();
        lastShard.put(request.queue(), turn % shards.size());
      }
    }
    return batch.answer();
  }

  /**
   * How many this line may have leased; with shards that is counted before, not in the same step.
   */
  private long limit(LeaseRequest request, List<Line> shards, Line line) {
    if (request.limit() == 0) {
      return -1;
    }
    long elsewhere = 0;
    if (shards.size() > 1) {
      List<Call> calls =
          shards.stream()
              .filter(other -> !other.equals(line))
              .map(other -> Call.on(other, LuaScript.STATUS))
              .toList();
      for (List<Object> status : link.calls(calls)) {
        elsewhere += Replies.number(status.get(3));
      }
    }
    return Math.max(0, request.limit() - elsewhere);
  }

  /** False if there is nothing to be had in this queue, or for this session. */
  private boolean ask(Line line, Batch batch, long limit) {
    List<Object> answer = link.call(call(line, batch, limit));
    if (Replies.number(answer.getFirst()) == UNKNOWN_SESSION) {
      if (!sessions.admit(batch.request.session(), line)) {
        return false;
      }
      answer = link.call(call(line, batch, limit));
    }
    if (Replies.number(answer.getFirst()) == PAUSED) {
      return false;
    }
    batch.add(line, answer);
    return true;
  }

  private Call call(Line line, Batch batch, long limit) {
    LeaseRequest request = batch.request;
    int count = Math.min(AT_ONCE, request.count() - batch.leases.size());
    Slots slots = request.slots();
    Call call =
        Call.on(line, LuaScript.LEASE)
            .add(request.session().number())
            .add(Stored.node(request.session().node()))
            .add(count)
            .add(Math.min(batch.bytes, 1L << 52))
            .add(tokens(count))
            .add(request.order().name())
            .add(limit)
            .add(slots == null ? 0 : slots.processes())
            .add(slots == null ? "" : free(slots));
    request.kinds().forEach(call::add);
    return call;
  }

  private static String free(Slots slots) {
    StringBuilder text = new StringBuilder(",");
    slots.free().forEach(slot -> text.append(slot).append(','));
    return text.toString();
  }

  private String tokens(int count) {
    StringBuilder tokens = new StringBuilder(16 * count);
    synchronized (random) {
      for (int i = 0; i < count; i++) {
        tokens.append(Ids.token(random.nextLong()));
      }
    }
    return tokens.toString();
  }

  /** What a request comes to; used by one thread. */
  private static final class Batch {
    final LeaseRequest request;
    final List<Lease> leases = new ArrayList<>();
    long bytes;
    @Nullable Duration nextDue;

    Batch(LeaseRequest request) {
      this.request = request;
      this.bytes = request.bytes();
    }

    boolean isFull() {
      return leases.size() == request.count() || (bytes <= 0 && !leases.isEmpty());
    }

    void add(Line line, List<Object> answer) {
      long due = Replies.number(answer.get(1));
      if (due >= 0 && (nextDue == null || nextDue.toMillis() > due)) {
        nextDue = Duration.ofMillis(due);
      }
      for (Object entry : answer.subList(2, answer.size())) {
        List<Object> job = Replies.list(entry);
        Stored stored = Stored.of(line, job.get(0), job.get(2), job.get(1), true);
        Lease lease = stored.lease(Replies.list(job.get(3)));
        bytes -= lease.payload().bytes().length;
        leases.add(lease);
      }
    }

    Leased answer() {
      return new Leased(leases, leases.size() == request.count() ? null : nextDue);
    }
  }
}
