package io.jobyard.store.sqlite;

import io.jobyard.store.Standing;
import io.jobyard.store.jdbc.JobRows;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Finds leases whose holder is gone. The clock of the machine may jump, so nobody is judged by a
 * time in the table: this object watches the sessions' beat counters, and a session is over once
 * its counter stood still for the lease's length by the monotonic clock. Safe for any thread.
 */
final class Orphanage {
  private static final String BEATS = "select number, beat from jobyard_sessions";

  /** Only if it still has not beaten. */
  private static final String EXPIRE =
      """
      delete from jobyard_sessions
       where number = ?
         and beat = ?
      """;

  static final String ORPHANS =
      """
      select j.seq, j.fence, j.token, j.id, q.name, j.task, j.settings, j.failed, j.crashed,
             j.lost, j.handler_crashes, j.phase
        from jobyard_jobs j
        join jobyard_queues q on q.number = j.queue
       where j.state = 2
         and j.session not in (select number from jobyard_sessions)
       limit ?
      """;

  private final Writer writer;
  private final Reader reader;
  private final WakeBell bell;
  private final LongSupplier nanos;

  /** Guarded by this object's monitor. */
  private final Map<Long, Sighting> sightings = new HashMap<>();

  Orphanage(Writer writer, Reader reader, WakeBell bell, LongSupplier nanos) {
    this.writer = writer;
    this.reader = reader;
    this.bell = bell;
    this.nanos = nanos;
  }

  List<Standing> orphans(Duration lease, int limit) {
    Map<Long, Long> silent = silent(beats(), lease);
    if (!silent.isEmpty()) {
      List<Integer> ports =
          writer.write(db -> {
            for (Map.Entry<Long, Long> session : silent.entrySet()) {
              db.update(EXPIRE, session.getKey(), session.getValue());
            }
            return bell.ports(db);
          });
      bell.ring(ports, List.of(new Wake.Finished()));
    }
    return reader.read(db -> db.list(ORPHANS, JobRows::standing, limit));
  }

  private Map<Long, Long> beats() {
    return reader.read(db -> {
      Map<Long, Long> beats = new HashMap<>();
      db.each(
          BEATS,
          row -> {
            beats.put(row.getLong(1), row.getLong(2));
            return true;
          });
      return beats;
    });
  }

  private synchronized Map<Long, Long> silent(Map<Long, Long> beats, Duration lease) {
    long now = nanos.getAsLong();
    sightings.keySet().retainAll(beats.keySet());
    Map<Long, Long> silent = new HashMap<>();
    beats.forEach((session, beat) -> {
      Sighting last = sightings.get(session);
      if (last == null || last.beat != beat) {
        sightings.put(session, new Sighting(beat, now));
      } else if (now - last.since >= lease.toNanos()) {
        silent.put(session, beat);
      }
    });
    return silent;
  }

  /** A counter's value, and when it was first seen. */
  private record Sighting(long beat, long since) {}
}
