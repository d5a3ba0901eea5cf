package io.jobyard.faktory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The worker processes, by their wid. Safe for use by many threads. */
final class Workers {
  private final ConcurrentMap<String, FaktoryWorker> byWid = new ConcurrentHashMap<>();
  private final AtomicLong reaped = new AtomicLong();

  /** The worker that a new connection belongs to. */
  FaktoryWorker enter(Hello hello, Connection connection) {
    return byWid.compute(
        hello.wid(),
        (wid, known) -> {
          FaktoryWorker worker = known == null ? new FaktoryWorker(hello) : known;
          worker.enter(connection);
          return worker;
        });
  }

  @Nullable FaktoryWorker find(String wid) {
    return byWid.get(wid);
  }

  /** Those that were silent for so long; they are known no more and their connections closed. */
  List<FaktoryWorker> reap(long nanos, long now) {
    List<FaktoryWorker> dead = new ArrayList<>();
    for (String wid : byWid.keySet()) {
      byWid.computeIfPresent(
          wid,
          (name, worker) -> {
            if (!worker.silentFor(nanos, now)) {
              return worker;
            }
            dead.add(worker);
            return null;
          });
    }
    dead.forEach(FaktoryWorker::hangUp);
    reaped.addAndGet(dead.size());
    return dead;
  }

  /** Those with a name: whoever has none may only push. */
  List<FaktoryWorker> named() {
    return byWid.values().stream().filter(worker -> !worker.wid().isEmpty()).toList();
  }

  long reaped() {
    return reaped.get();
  }
}
