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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private final LongSupplier nanos;
  private final Map<Long, Seen> seen = new HashMap<>();

  /** Lines in which a session of this object may have leases. */
  private final Map<Long, Set<Line>> touched = new ConcurrentHashMap<>();

  private record Seen(String beat, long since) {}

  private record Living(String last, List<List<Object>> all) {
    boolean has(long number) {
      return all.stream().anyMatch(one -> Replies.number(one.getFirst()) == number);
    }
  }

  Sessions(Link link, Lines lines, LongSupplier nanos) {
    this.link = link;
    this.lines = lines;
    this.nanos = nanos;
  }

  private Call call(LuaScript script) {
    String root = link.url().root();
    return Call.of(script).key(root + "sessions").key(root + "beats").key(root + "last-session");
  }

  Session join(NodeInfo node) {
    lines.register(node.queues());
    StringBuilder known =
        new StringBuilder(Stored.node(node.node())).append(' ').append(node.pid());
    node.queues().forEach(queue -> known.append(' ').append(Stored.node(queue)));
    List<Object> answer = link.call(call(LuaScript.JOIN).add(known.toString()));
    long number = Replies.number(answer.getFirst());
    touched.put(number, ConcurrentHashMap.newKeySet());
    return new Session(number, node.node());
  }

  boolean beat(Session session) {
    boolean lives =
        Replies.number(link.call(call(LuaScript.BEAT).add(session.number())).getFirst()) == 1;
    if (!lives) {
      touched.remove(session.number());
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
    Set<Line> own = touched.get(session.number());
    if (own != null) {
      own.add(line);
    }
    byte[] number = Call.bytes(Long.toString(session.number()));
    Boolean unused =
        link.plain(redis -> redis.hset(Call.bytes(line.base() + ":m"), number, Call.bytes("1")));
    return true;
  }

  void leave(Session session) {
    touched.remove(session.number());
    end(session.number(), "");
    judge(living(), 0);
    tellEnd();
  }

  private void end(long number, String beat) {
    List<Object> unused = link.call(call(LuaScript.END).add(number).add(beat));
  }

  private Living living() {
    List<Object> answer = link.call(call(LuaScript.SESSIONS));
    return new Living(
        Replies.text(answer.getFirst()), Replies.rest(answer).stream().map(Replies::list).toList());
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
    List<Line> all = lines.all();
    List<Call> calls = new ArrayList<>();
    for (Line line : all) {
      Call call = leased(line, "orphans", "", limit).add(living.last());
      living.all().forEach(one -> call.add(Replies.bytes(one.getFirst())));
      calls.add(call);
    }
    List<List<Object>> answers = link.calls(calls);
    List<Standing> orphans = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      orphans.addAll(standings(all.get(i), answers.get(i)));
    }
    return orphans.size() <= limit ? orphans : List.copyOf(orphans.subList(0, limit));
  }

  private static Call leased(Line line, String which, String session, int limit) {
    return Call.on(line, LuaScript.LEASED).add(which).add(session).add(limit);
  }

  private static List<Standing> standings(Line line, List<Object> answer) {
    return Replies.rest(answer).stream()
        .map(Replies::list)
        .map(job -> Stored.of(line, job.get(0), job.get(2), job.get(1), false).standing())
        .toList();
  }

  List<Standing> held(Session session) {
    return of(session, "held", lines.all());
  }

  /** Asks only where the session may have leases, so that an idle node asks nothing. */
  Set<LeaseKey> cancelRequested(Session session) {
    Set<Line> own = touched.get(session.number());
    List<Line> where = own == null ? lines.all() : List.copyOf(own);
    Set<LeaseKey> keys = new HashSet<>();
    of(session, "cancels", where).forEach(standing -> keys.add(standing.key()));
    return keys;
  }

  private List<Standing> of(Session session, String which, List<Line> where) {
    String number = Long.toString(session.number());
    List<List<Object>> answers =
        link.calls(where.stream().map(line -> leased(line, which, number, 0)).toList());
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < where.size(); i++) {
      standings.addAll(standings(where.get(i), answers.get(i)));
    }
    return standings;
  }
}
