package io.jobyard.memory;

import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who works on the store. Silence is measured on the monotonic clock, so that a jump of the wall
 * clock ends no session. Guarded by {@link Memory}'s lock.
 */
final class Sessions {
  private final NavigableMap<Long, Member> living = new TreeMap<>();
  private long lastNumber;

  private record Member(NodeInfo info, Instant joinedAt, Instant beatAt, long beatNanos) {}

  Session join(NodeInfo info, Instant now, long nanos) {
    living.put(++lastNumber, new Member(info, now, now, nanos));
    return new Session(lastNumber, info.node());
  }

  /** Returns whether the session lives. */
  boolean beat(Session session, Instant now, long nanos) {
    Member alive =
        living.computeIfPresent(
            session.number(), (number, old) -> new Member(old.info(), old.joinedAt(), now, nanos));
    return alive != null;
  }

  void end(Session session) {
    living.remove(session.number());
  }

  /** Returns whether there was any. */
  boolean endSilent(Duration silence, long nanos) {
    return living.values().removeIf(member -> nanos - member.beatNanos() >= silence.toNanos());
  }

  boolean lives(@Nullable Session session) {
    return session != null && living.containsKey(session.number());
  }

  int consumers(String queue) {
    return (int)
        living.values().stream().filter(member -> member.info().queues().contains(queue)).count();
  }

  List<NodeStatus> statuses() {
    return living.entrySet().stream()
        .map(entry -> {
          Member member = entry.getValue();
          NodeInfo info = member.info();
          return new NodeStatus(
              entry.getKey(),
              info.node(),
              info.pid(),
              info.queues(),
              member.joinedAt(),
              member.beatAt());
        })
        .toList();
  }
}
