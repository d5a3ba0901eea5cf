package io.jobyard.memory;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Limits;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What nodes and janitors ask, each method one step of {@link Memory}. */
final class Dispatchers {
  private final Memory memory;

  Dispatchers(Memory memory) {
    this.memory = memory;
  }

  Session join(NodeInfo node) {
    node.queues().forEach(memory.ledger::line);
    return memory.sessions.join(node, memory.now(), memory.nanos());
  }

  Leased lease(LeaseRequest request) {
    Line line = memory.ledger.line(request.queue());
    if (line.isPaused() || !memory.sessions.lives(request.session())) {
      return new Leased(List.of(), null);
    }
    List<Lease> leases = new ArrayList<>();
    for (StoredJob next : line.next(request, room(request, line))) {
      line.change(
          next,
          job -> leases.add(job.lease(request.session(), memory.tokens.nextLong(), memory.now())));
    }
    @Nullable Duration nextDue =
        leases.size() == request.count() ? null : line.nextDue(memory.now());
    return new Leased(leases, nextDue);
  }

  /** How many the queue's limit leaves; a lease of an ended session counts no more. */
  private int room(LeaseRequest request, Line line) {
    if (request.limit() == 0) {
      return request.count();
    }
    long leased = line.running().filter(job -> memory.sessions.lives(job.holder())).count();
    return Math.toIntExact(Math.clamp(request.limit() - leased, 0, request.count()));
  }

  int backlog(String queue, int atMost) {
    return Math.min(atMost, memory.ledger.line(queue).ready());
  }

  Set<LeaseKey> settle(List<Settlement> settlements) {
    Limits.checkSettlements(settlements);
    Set<LeaseKey> stale = new HashSet<>();
    for (Settlement settlement : settlements) {
      StoredJob job = memory.ledger.held(settlement.key());
      if (job == null || !maySettle(job, settlement)) {
        stale.add(settlement.key());
      } else {
        settle(job, settlement);
      }
    }
    return stale;
  }

  /** What stays leased needs a living session; what ends a lease does not. */
  private boolean maySettle(StoredJob job, Settlement settlement) {
    return !(settlement.move() instanceof Settlement.Stay) || memory.sessions.lives(job.holder());
  }

  private void settle(StoredJob job, Settlement settlement) {
    memory.ledger.change(job, held -> held.settle(settlement, memory.now()));
    if (settlement.move() instanceof Settlement.Succeed(var result, var keep) && keep.isZero()) {
      memory.ledger.drop(job);
    }
    memory.store(settlement.pushes());
    switch (job.state()) {
      case RUNNING -> {}
      case READY, SCHEDULED -> memory.wakes.ready(job.job().queue());
      case SUCCEEDED, FAILED, CANCELLED -> memory.wakes.finished();
    }
  }

  boolean beat(Session session) {
    return memory.sessions.beat(session, memory.now(), memory.nanos());
  }

  void leave(Session session) {
    memory.sessions.end(session);
    memory.wakes.finished();
  }

  Set<LeaseKey> cancelRequested(Session session) {
    return running(job -> job.isHeldBy(session) && job.cancelRequested())
        .map(StoredJob::key)
        .collect(Collectors.toSet());
  }

  List<Standing> held(Session session) {
    return running(job -> job.isHeldBy(session)).map(StoredJob::standing).toList();
  }

  List<Standing> orphans(Duration lease, int limit) {
    if (memory.sessions.endSilent(lease, memory.nanos())) {
      memory.wakes.finished();
    }
    return running(job -> !memory.sessions.lives(job.holder()))
        .limit(limit)
        .map(StoredJob::standing)
        .toList();
  }

  private Stream<StoredJob> running(Predicate<StoredJob> which) {
    return memory.ledger.lines().values().stream().flatMap(Line::running).filter(which);
  }
}
