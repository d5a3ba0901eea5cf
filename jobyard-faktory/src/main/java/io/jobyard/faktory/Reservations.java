package io.jobyard.faktory;

import io.jobyard.store.LeaseKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that workers hold. Whoever takes one out settles it, so that each is settled once. Safe
 * for use by many threads.
 */
final class Reservations {
  private final ConcurrentMap<String, Reservation> byJid = new ConcurrentHashMap<>();

  /** False if another job is held under the same jid. */
  boolean put(Reservation reservation) {
    Reservation before = byJid.putIfAbsent(reservation.jid(), reservation);
    if (before == null) {
      return true;
    }
    // A lease that is over, of the very same job, is in nobody's way.
    return sameJob(before, reservation) && byJid.replace(reservation.jid(), before, reservation);
  }

  private static boolean sameJob(Reservation a, Reservation b) {
    return a.lease().key().id().equals(b.lease().key().id());
  }

  /** Null if this worker does not hold such a job (any more). */
  @Nullable Reservation take(String jid, FaktoryWorker worker) {
    Reservation held = byJid.get(jid);
    return held != null && held.worker() == worker && byJid.remove(jid, held) ? held : null;
  }

  /** False if somebody else took it already. */
  boolean take(Reservation reservation) {
    return byJid.remove(reservation.jid(), reservation);
  }

  List<Reservation> takeIf(Predicate<Reservation> which) {
    List<Reservation> taken = new ArrayList<>();
    for (Reservation reservation : byJid.values()) {
      if (which.test(reservation) && take(reservation)) {
        taken.add(reservation);
      }
    }
    return taken;
  }

  List<Reservation> takeAll(Set<LeaseKey> leases) {
    return takeIf(reservation -> leases.contains(reservation.lease().key()));
  }

  int count(FaktoryWorker worker) {
    return (int) byJid.values().stream().filter(held -> held.worker() == worker).count();
  }

  int size() {
    return byJid.size();
  }
}
