package io.jobyard.store.redis;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Slots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs. A queue with shards is asked shard by shard, beginning with the one that had some
 * last, until the request is filled; jobs are in order within a shard. Safe for any thread.
 */
final class Leasing {
  /** More in one step would keep the server from others for long. */
  private static final int AT_ONCE = 1_000;

  /**
   * From a line with much waiting a batch is asked for in parts of this size, all underway at once:
   * while one is read here, the server works on the next.
   */
  private static final int PART = 125;

  /** So many times a line is looked through for some kinds, 250 jobs each, at a request. */
  private static final int LOOKS = 200;

  private static final int ASKED = 1;
  private static final int UNKNOWN_SESSION = 2;
  private static final int NO_ROOM = -2;

  private final Link link;
  private final Lines lines;
  private final Sessions sessions;
  private final SplittableRandom random = new SplittableRandom();
  private final Map<String, Integer> lastShard = new ConcurrentHashMap<>();
  private final Map<Line, Glance> glances = new ConcurrentHashMap<>();

  /** Those that had as many as they were asked for, at the last request. */
  private final Set<Line> deep = ConcurrentHashMap.newKeySet();

  /**
   * How far a line was looked through for some kinds, among the jobs of normal priority and among
   * the others. The next look for the same kinds goes on from there.
   */
  private record Glance(Set<String> kinds, String normal, String others) {
    static final String END = "end";

    static Glance start(Set<String> kinds) {
      return new Glance(kinds, "", "");
    }

    boolean isOver() {
      return normal.equals(END) && others.equals(END);
    }
  }

  Leasing(Link link, Lines lines, Sessions sessions) {
    this.link = link;
    this.lines = lines;
    this.sessions = sessions;
  }

  Leased lease(LeaseRequest request) {
    List<Line> shards = lines.of(request.queue());
    Batch batch = new Batch(request, Ids.token(draw()));
    int first = lastShard.getOrDefault(request.queue(), 0);
    for (int i = 0; i < shards.size() && !batch.isFull(); i++) {
      Line line = shards.get((first + i) % shards.size());
      int before = batch.leases.size();
      int had;
      do {
        had = batch.leases.size();
        long limit = limit(request, shards, line);
        boolean open =
            request.kinds().isEmpty() ? take(line, batch, limit) : look(line, batch, limit);
        if (!open) {
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

  /** Takes the first; false if there is nothing to be had in this queue, or for this session. */
  private boolean take(Line line, Batch batch, long limit) {
    int had = batch.leases.size();
    int wanted = Math.min(AT_ONCE, batch.wanted());
    boolean much = deep.contains(line) && wanted > PART;
    boolean open =
        much
            ? takeParts(line, batch, wanted, limit)
            : ask(line, batch, limit, Glance.start(Set.of())) != null;
    boolean filled = batch.leases.size() - had == wanted;
    boolean unused = filled ? deep.add(line) : deep.remove(line);
    return open;
  }

  private boolean takeParts(Line line, Batch batch, int wanted, long limit) {
    Glance all = Glance.start(Set.of());
    long bytes = batch.bytes / Math.ceilDiv(wanted, PART);
    List<Call> calls = new ArrayList<>();
    for (int left = wanted; left > 0; left -= PART) {
      boolean least = calls.isEmpty() && batch.leases.isEmpty();
      calls.add(call(line, batch, new Wish(Math.min(PART, left), bytes, least), limit, all));
    }
    boolean open = true;
    boolean unknown = false;
    RuntimeException failed = null;
    for (Supplier<List<Object>> part : link.underway(calls)) {
      try { // what arrives is leased, also behind a part that did not
        List<Object> answer = part.get();
        long outcome = Replies.number(answer.getFirst());
        unknown |= (outcome == UNKNOWN_SESSION);
        if (outcome == ASKED) {
          add(line, batch, answer);
        } else {
          open = false;
        }
      } catch (RuntimeException e) {
        failed = e;
      }
    }
    if (batch.leases.isEmpty() && failed != null) {
      throw failed;
    }
    if (unknown && failed == null && !batch.isFull()) {
      return ask(line, batch, limit, all) != null;
    }
    return open && failed == null;
  }

  /**
   * Looks for jobs of some kinds, in steps that keep the server from others no longer than any. A
   * line too long for one request is gone on with at the next, so that every job is found.
   */
  private boolean look(Line line, Batch batch, long limit) {
    Set<String> kinds = batch.request.kinds();
    Glance glance = glances.remove(line);
    if (glance == null || !glance.kinds().equals(kinds)) {
      glance = Glance.start(kinds);
    }
    for (int looks = 0; looks < LOOKS && !batch.isFull(); looks++) {
      glance = ask(line, batch, limit, glance);
      if (glance == null) {
        return false;
      }
      if (glance.isOver()) {
        return true;
      }
    }
    if (!batch.isFull()) {
      glances.put(line, glance);
    }
    return true;
  }

  /**
   * Says where a look for kinds goes on; null if there is nothing to be had in this queue, or for
   * this session.
   */
  private @Nullable Glance ask(Line line, Batch batch, long limit, Glance glance) {
    var wish = new Wish(Math.min(AT_ONCE, batch.wanted()), batch.bytes, batch.leases.isEmpty());
    Call call = call(line, batch, wish, limit, glance);
    List<Object> answer = link.call(call);
    if (Replies.number(answer.getFirst()) == UNKNOWN_SESSION) {
      if (!sessions.admit(batch.request.session(), line)) {
        return null;
      }
      answer = link.call(call);
    }
    if (Replies.number(answer.getFirst()) != ASKED) {
      return null;
    }
    add(line, batch, answer);
    return new Glance(glance.kinds(), Replies.text(answer.get(5)), Replies.text(answer.get(6)));
  }

  private void add(Line line, Batch batch, List<Object> answer) {
    if (batch.add(line, answer)) {
      sessions.gave(batch.request.session(), line);
    }
  }

  private Call call(Line line, Batch batch, Wish wish, long limit, Glance glance) {
    LeaseRequest request = batch.request;
    Slots slots = request.slots();
    Call call =
        Call.on(line, LuaScript.LEASE)
            .add(request.session().number())
            .add(Stored.node(request.session().node()))
            .add(wish.count)
            .add(Math.clamp(wish.bytes, 0, 1L << 52))
            .add(batch.token)
            .add(request.order().name())
            .add(limit)
            .add(slots == null ? 0 : slots.processes())
            .add(slots == null ? "" : free(slots))
            .add(glance.normal())
            .add(glance.others())
            .add(wish.least ? 1 : 0);
    request.kinds().forEach(call::add);
    return call;
  }

  private static String free(Slots slots) {
    StringBuilder text = new StringBuilder(",");
    slots.free().forEach(slot -> text.append(slot).append(','));
    return text.toString();
  }

  private long draw() {
    synchronized (random) {
      return random.nextLong();
    }
  }

  /**
   * What one step may take.
   *
   * @param least whether it takes the first however large it is
   */
  private record Wish(int count, long bytes, boolean least) {}

  /** What a request comes to; used by one thread. */
  private static final class Batch {
    final LeaseRequest request;
    final String token;
    final List<Lease> leases = new ArrayList<>();
    long bytes;
    boolean noRoom;
    @Nullable Duration nextDue;

    Batch(LeaseRequest request, String token) {
      this.request = request;
      this.token = token;
      this.bytes = request.bytes();
    }

    boolean isFull() {
      return wanted() == 0 || noRoom;
    }

    int wanted() {
      return request.count() - leases.size();
    }

    /** Whether there were any. */
    boolean add(Line line, List<Object> answer) {
      long due = Replies.number(answer.get(1));
      noRoom = due == NO_ROOM;
      if (due >= 0 && (nextDue == null || nextDue.toMillis() > due)) {
        nextDue = Duration.ofMillis(due);
      }
      List<Object> bodies = Replies.list(answer.get(2));
      String[] first = Stored.words(answer.get(3));
      Iterator<Object> again = Replies.list(answer.get(4)).iterator();
      List<Object> next = again.hasNext() ? Replies.list(again.next()) : null;
      for (int i = 0; i < bodies.size(); i++) {
        Body body = Body.read(Replies.bytes(bodies.get(i)), true);
        String[] state = first;
        List<Object> errors = List.of();
        if (next != null && Replies.number(next.getFirst()) == i) {
          state = Stored.words(next.get(1));
          errors = Replies.list(next.get(2));
          next = again.hasNext() ? Replies.list(again.next()) : null;
        }
        bytes -= body.payload().length;
        leases.add(new Stored(line, body, state).lease(errors));
      }
      return !bodies.isEmpty();
    }

    Leased answer() {
      return new Leased(leases, leases.size() == request.count() ? null : nextDue);
    }
  }
}
