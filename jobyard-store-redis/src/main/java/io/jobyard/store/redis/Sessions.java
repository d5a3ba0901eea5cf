package io.jobyard.store.redis;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * Who works on the store, and which leases are nobody's.
 *
 * <p>Sessions live under a hash tag of their own, leases with their lines: on a Cluster no step
 * sees both. So each line has its own list of the sessions that may hold leases in it. A session is
 * put on it when it first asks the line for jobs and the session's own record still stands; it is
 * taken off when its record is gone, by {@link #leave} or by {@link #orphans}, before that looks
 * for orphans there. Within a line it is on the list or not: a lease whose session is not on it is
 * an orphan, gets no more jobs, and a Stay under it is stale, all from that one step on. A process
 * that dies halfway leaves lists that the next look of anybody puts right. Whoever was admitted
 * after a look at the sessions has a higher number than that look judges.
 *
 * <p>Silence is measured by this object's monotonic clock: a jump of a server's clock, or a
 * failover to a server with another, ends nobody. Safe for any thread.
 */
final class Sessions {
  private final Link link;
  private final Lines lines;
  private final Errands errands;
  private final LongSupplier nanos;
  private final Map<Long, Seen> seen = new HashMap<>();

  /** By session of this object: the lines in which it may have leases, and which was its latest. */
  private final Map<Long, Map<Line, Long>> busy = new ConcurrentHashMap<>();

  private final AtomicLong leased = new AtomicLong();

  private record Seen(String beat, long since) {}

  private record Living(String last, List<Line> lines, List<List<Object>> all) {
    boolean has(long number) {
      return all.stream().anyMatch(one -> Replies.number(one.getFirst()) == number);
    }
  }

  Sessions(Link link, Lines lines, Errands errands, LongSupplier nanos) {
    this.link = link;
    this.lines = lines;
    this.errands = errands;
    this.nanos = nanos;
  }

  private Call call(LuaScript script) {
    String root = link.url().root();
    return Call.of(script)
        .key(root + "sessions")
        .key(root + "beats")
        .key(root + "last-session")
        .key(root + "queues");
  }

  Session join(NodeInfo node) {
    lines.register(node.queues());
    StringBuilder known =
        new StringBuilder(Stored.node(node.node())).append(' ').append(node.pid());
    node.queues().forEach(queue -> known.append(' ').append(Stored.node(queue)));
    List<Object> answer = link.call(call(LuaScript.JOIN).add(known.toString()));
    long number = Replies.number(answer.getFirst());
    busy.put(number, new ConcurrentHashMap<>());
    return new Session(number, node.node());
  }

  boolean beat(Session session) {
    boolean lives =
        Replies.number(link.call(call(LuaScript.BEAT).add(session.number())).getFirst()) == 1;
    if (!lives) {
      busy.remove(session.number());
      // A failover may have lost more than this session.
      lines.forget();
    }
    return lives;
  }

  /** Lets a living session have leases in a line; false if it does not live. */
  boolean admit(Session session, Line line) {
    if (!living().has(session.number())) {
      return false;
    }
    byte[] number = Call.bytes(Long.toString(session.number()));
    Boolean unused =
        link.plain(redis -> redis.hsetnx(Call.bytes(line.base() + ":m"), number, Call.bytes("0")));
    return true;
  }

  /** The session was given jobs of a line. */
  void gave(Session session, Line line) {
    Map<Line, Long> own = busy.get(session.number());
    if (own != null) {
      own.put(line, leased.incrementAndGet());
    }
  }

  void leave(Session session) {
    busy.remove(session.number());
    end(session.number(), "");
    judge(living(), 1);
    tellEnd();
  }

  private void end(long number, String beat) {
    List<Object> unused = link.call(call(LuaScript.END).add(number).add(beat));
  }

  private Living living() {
    List<Object> answer = link.call(call(LuaScript.SESSIONS));
    return new Living(
        Replies.text(answer.getFirst()),
        lines.all(Replies.list(answer.get(1))),
        answer.stream().skip(2).map(Replies::list).toList());
  }

  List<NodeStatus> nodes() {
    return living().all().stream()
        .map(Sessions::status)
        .sorted(Comparator.comparingLong(NodeStatus::session))
        .toList();
  }

  private static NodeStatus status(List<Object> stored) {
    String[] words = Replies.text(stored.get(1)).split(" ", -1);
    Set<String> queues = new LinkedHashSet<>();
    for (int i = 3; i < words.length; i++) {
      queues.add(URLDecoder.decode(words[i], StandardCharsets.UTF_8));
    }
    return new NodeStatus(
        Replies.number(stored.get(0)),
        URLDecoder.decode(words[1], StandardCharsets.UTF_8),
        Long.parseLong(words[2]),
        queues,
        Instant.ofEpochMilli(Long.parseLong(words[0])),
        Instant.ofEpochMilli(Replies.number(stored.get(2))));
  }

  List<Standing> orphans(Duration lease, int limit) {
    Living living = living();
    Set<Long> silent = silent(living, lease);
    if (!silent.isEmpty()) {
      living.all().stream()
          .filter(one -> silent.contains(Replies.number(one.getFirst())))
          .forEach(one -> end(Replies.number(one.getFirst()), Replies.text(one.get(2))));
      List<Standing> orphans = judge(living(), limit);
      tellEnd();
      return orphans;
    }
    return judge(living, limit);
  }

  /** A queue at its limit has room where a session's leases count no more. */
  private void tellEnd() {
    Long unused =
        link.plain(redis -> redis.publish(Call.bytes(link.url().channel()), Call.bytes("f")));
  }

  private synchronized Set<Long> silent(Living living, Duration lease) {
    long now = nanos.getAsLong();
    Set<Long> silent = new HashSet<>();
    Set<Long> all = new HashSet<>();
    for (List<Object> one : living.all()) {
      long number = Replies.number(one.get(0));
      String beat = Replies.text(one.get(2));
      all.add(number);
      Seen before = seen.get(number);
      if (before == null || !before.beat().equals(beat)) {
        seen.put(number, new Seen(beat, now));
      } else if (now - before.since() >= lease.toNanos()) {
        silent.add(number);
      }
    }
    seen.keySet().retainAll(all);
    return silent;
  }

  /** Takes those that are gone off every line's list, and tells what they left there. */
  private List<Standing> judge(Living living, int limit) {
    BiFunction<Line, String, Call> look =
        (line, from) -> {
          Call call = leased(line, "orphans", "", limit, from).add(living.last());
          living.all().forEach(one -> call.add(Replies.bytes(one.getFirst())));
          return call;
        };
    errands.begin();
    return leases(living.lines(), look, errands::saw, limit);
  }

  private static Call leased(Line line, String which, String session, int limit, String from) {
    return Call.on(line, LuaScript.LEASED).add(which).add(session).add(limit).add(from);
  }

  /** Looks through leases, all lines at once and each in small steps, until there are enough. */
  private List<Standing> leases(
      List<Line> where,
      BiFunction<Line, String, Call> look,
      BiConsumer<Line, Integer> told,
      int limit) {
    Map<LeaseKey, Standing> found = new LinkedHashMap<>();
    Map<Line, String> left = new LinkedHashMap<>();
    where.forEach(line -> left.put(line, "0"));
    while (!left.isEmpty() && found.size() < limit) {
      List<Line> asked = List.copyOf(left.keySet());
      List<List<Object>> answers =
          link.calls(asked.stream().map(line -> look.apply(line, left.get(line))).toList());
      for (int i = 0; i < asked.size(); i++) {
        Line line = asked.get(i);
        told.accept(line, (int) Replies.number(answers.get(i).get(1)));
        for (Object entry : answers.get(i).subList(2, answers.get(i).size())) {
          List<Object> job = Replies.list(entry);
          Standing standing = Stored.of(line, job.get(1), job.get(0), false).standing();
          found.put(standing.key(), standing);
        }
        String from = Replies.text(answers.get(i).getFirst());
        if (from.equals("0")) {
          left.remove(line);
        } else {
          left.put(line, from);
        }
      }
    }
    return found.values().stream().limit(limit).toList();
  }

  List<Standing> held(Session session) {
    return of(session, "held", lines.all(), (line, count) -> {});
  }

  /** Asks only where the session may have leases, so that an idle node asks nothing. */
  Set<LeaseKey> cancelRequested(Session session) {
    Map<Line, Long> own = busy.get(session.number());
    Map<Line, Long> before = own == null ? Map.of() : Map.copyOf(own);
    List<Line> where = own == null ? lines.all() : List.copyOf(before.keySet());
    BiConsumer<Line, Integer> told =
        (line, count) -> {
          Long latest = before.get(line);
          if (own != null && latest != null && count == 0) {
            // Unless it was given more since it was asked.
            own.remove(line, latest);
          }
        };
    Set<LeaseKey> keys = new HashSet<>();
    of(session, "cancels", where, told).forEach(standing -> keys.add(standing.key()));
    return keys;
  }

  private List<Standing> of(
      Session session, String which, List<Line> where, BiConsumer<Line, Integer> told) {
    String number = Long.toString(session.number());
    return leases(
        where, (line, from) -> leased(line, which, number, 0, from), told, Integer.MAX_VALUE);
  }
}
