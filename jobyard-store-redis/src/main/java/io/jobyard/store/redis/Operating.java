package io.jobyard.store.redis;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.QueueStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What operators and janitors do; great numbers in small steps. Safe for any thread. */
final class Operating {
  private static final int CHANGED_AT_ONCE = 500;
  private static final int PURGED_AT_ONCE = 500;

  private final Link link;
  private final Lines lines;
  private final Lookup lookup;
  private final Externals externals;
  private final Sessions sessions;
  private final Errands errands;

  Operating(
      Link link,
      Lines lines,
      Lookup lookup,
      Externals externals,
      Sessions sessions,
      Errands errands) {
    this.link = link;
    this.lines = lines;
    this.lookup = lookup;
    this.externals = externals;
    this.sessions = sessions;
    this.errands = errands;
  }

  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = new HashMap<>();
    List<UUID> all = List.copyOf(Set.copyOf(ids));
    List<Line> where = all.isEmpty() ? List.of() : lines.all();
    all.forEach(id -> answers.put(id, CancelAnswer.UNKNOWN));
    for (int from = 0; from < all.size(); from += CHANGED_AT_ONCE) {
      List<UUID> some = all.subList(from, Math.min(from + CHANGED_AT_ONCE, all.size()));
      List<Call> calls = new ArrayList<>();
      for (Line line : where) {
        Call call = change(line, "cancel", "WSR", "");
        some.forEach(call::add);
        calls.add(call);
      }
      for (List<Object> answer : link.calls(calls)) {
        List<Object> codes = Replies.list(answer.getFirst());
        for (int i = 0; i < some.size(); i++) {
          CancelAnswer one = answer(Replies.number(codes.get(i)));
          answers.merge(some.get(i), one, (a, b) -> b == CancelAnswer.UNKNOWN ? a : b);
        }
      }
    }
    return answers;
  }

  private static CancelAnswer answer(long code) {
    return switch ((int) code) {
      case 1 -> CancelAnswer.CANCELLED;
      case 2 -> CancelAnswer.REQUESTED;
      case 3 -> CancelAnswer.FINISHED;
      default -> CancelAnswer.UNKNOWN;
    };
  }

  private Call change(Line line, String what, String wanted, String kind) {
    return Call.of(LuaScript.CHANGE)
        .touching(line)
        .add(link.url().channel())
        .add(line.queue())
        .add(line.base())
        .add(what)
        .add(wanted)
        .add(kind);
  }

  int retry(JobFilter filter, int limit) {
    return change("retry", filter, EnumSet.of(JobState.FAILED, JobState.CANCELLED), limit);
  }

  int forget(JobFilter filter, int limit) {
    return change("forget", filter, EnumSet.complementOf(EnumSet.of(JobState.RUNNING)), limit);
  }

  private int change(String what, JobFilter filter, EnumSet<JobState> possible, int limit) {
    if (!filter.states().isEmpty()) {
      possible.retainAll(filter.states());
    }
    int done = 0;
    for (Line line : possible.isEmpty() ? List.<Line>of() : lookup.where(filter)) {
      if (!filter.ids().isEmpty()) {
        done += changeIds(what, line, filter, possible, limit - done);
      } else {
        for (Lookup.Index index : Lookup.Index.of(possible)) {
          done += changeAll(what, line, index, filter, possible, limit - done);
        }
      }
    }
    return done;
  }

  private int changeIds(String what, Line line, JobFilter filter, Set<JobState> states, int limit) {
    int done = 0;
    List<UUID> ids = List.copyOf(filter.ids());
    int at = 0;
    while (at < ids.size() && done < limit) {
      int to = Math.min(ids.size(), at + Math.min(CHANGED_AT_ONCE, limit - done));
      Call call = change(line, what, Lookup.letters(states), kind(filter));
      ids.subList(at, to).forEach(call::add);
      done += changed(call);
      at = to;
    }
    return done;
  }

  private int changeAll(
      String what,
      Line line,
      Lookup.Index index,
      JobFilter filter,
      Set<JobState> states,
      int limit) {
    JobFilter narrowed = new JobFilter(Set.of(), filter.queue(), states, filter.kind());
    int done = 0;
    String from = "";
    while (done < limit) {
      int scan = Math.min(Math.min(CHANGED_AT_ONCE, Lookup.step(index, filter)), limit - done);
      List<Object> found = link.call(Lookup.select(line, index, narrowed, from, "asc", scan));
      from = Replies.text(found.getFirst());
      if (found.size() > 1) {
        Call call = change(line, what, Lookup.letters(states), kind(filter));
        for (int i = 2; i < found.size(); i += 2) {
          call.add(Replies.bytes(found.get(i)));
        }
        done += changed(call);
      }
      if (from.isEmpty()) {
        break;
      }
    }
    return done;
  }

  private static String kind(JobFilter filter) {
    return filter.kind() == null ? "" : filter.kind();
  }

  private int changed(Call call) {
    List<Object> answer = link.call(call);
    externals.release(Replies.list(answer.get(1)));
    return (int)
        Replies.list(answer.get(0)).stream().filter(code -> Replies.number(code) == 1).count();
  }

  int purge(int limit) {
    List<Line> all = errands.areFresh() ? errands.purges() : lines.all();
    // Its share for each, so that all can be asked at once; what is left for whoever has more.
    int share = Math.max(1, Math.min(PURGED_AT_ONCE, limit / Math.max(1, all.size())));
    int done = 0;
    List<Line> more = new ArrayList<>();
    List<Line> asked = all.subList(0, Math.min(all.size(), limit));
    List<List<Object>> answers =
        link.calls(asked.stream().map(line -> purge(line, share)).toList());
    for (int i = 0; i < asked.size(); i++) {
      int some = purged(answers.get(i));
      done += some;
      if (some == share) {
        more.add(asked.get(i));
      }
    }
    for (Line line : more) {
      int some = PURGED_AT_ONCE;
      while (done < limit && some > 0) {
        some = purged(link.call(purge(line, Math.min(PURGED_AT_ONCE, limit - done))));
        done += some;
      }
    }
    return done;
  }

  private int purged(List<Object> answer) {
    externals.release(Replies.list(answer.get(1)));
    return (int) Replies.number(answer.getFirst());
  }

  private static Call purge(Line line, int limit) {
    return Call.on(line, LuaScript.PURGE).add(limit);
  }

  /**
   * The first shard goes first, and which others there are is asked only then: they may be more
   * than this process has heard of. Whoever splits the queue from then on begins with the first
   * shard, and {@link Leasing} asks no other once one is paused.
   */
  void pause(String queue, boolean paused) {
    lines.register(List.of(queue));
    pause(lines.of(queue).getFirst(), paused);
    lines.ofNow(queue).stream().skip(1).forEach(line -> pause(line, paused));
    if (!paused) {
      Long unused =
          link.plain(
              redis -> redis.publish(Call.bytes(link.url().channel()), Call.bytes("r" + queue)));
    }
  }

  private void pause(Line line, boolean paused) {
    byte[] key = Call.bytes(line.base() + ":q");
    byte[] value = Call.bytes(paused ? "1" : "0");
    Boolean unused = link.plain(redis -> redis.hset(key, Call.bytes("paused"), value));
  }

  /** Counts of one queue come from its lines; nothing that every push would have to touch. */
  List<QueueStatus> queues() {
    Map<String, List<Line>> byQueue = lines.byQueue();
    Map<String, Integer> consumers = new HashMap<>();
    sessions
        .nodes()
        .forEach(node -> node.queues().forEach(queue -> consumers.merge(queue, 1, Integer::sum)));
    List<Line> all = byQueue.values().stream().flatMap(List::stream).toList();
    List<List<Object>> answers =
        link.calls(all.stream().map(line -> Call.on(line, LuaScript.STATUS)).toList());
    List<QueueStatus> statuses = new ArrayList<>();
    int at = 0;
    for (Map.Entry<String, List<Line>> queue : byQueue.entrySet()) {
      long[] sums = new long[9];
      sums[8] = -1;
      for (Line unused : queue.getValue()) {
        List<Object> answer = answers.get(at++);
        for (int i = 0; i < 8; i++) {
          sums[i] += Replies.number(answer.get(i));
        }
        sums[8] = Math.max(sums[8], Replies.number(answer.get(8)));
      }
      statuses.add(
          new QueueStatus(
              queue.getKey(),
              sums[0] > 0,
              consumers.getOrDefault(queue.getKey(), 0),
              sums[1],
              sums[2],
              sums[3],
              sums[4],
              sums[5],
              sums[6],
              sums[7],
              sums[8] < 0 ? null : sums[8]));
    }
    return statuses;
  }

  int backlog(String queue, int atMost) {
    long ready = 0;
    for (List<Object> status :
        link.calls(
            lines.of(queue).stream().map(line -> Call.on(line, LuaScript.STATUS)).toList())) {
      ready += Replies.number(status.get(1));
    }
    return (int) Math.min(atMost, ready);
  }
}
