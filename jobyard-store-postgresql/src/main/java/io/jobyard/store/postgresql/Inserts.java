package io.jobyard.store.postgresql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts new jobs into the tables, a list in one statement, within whatever transaction they come to
 * be. Stateless.
 *
 * <p>A push is stored first and on disk then: nodes are told of it while the disk still works, and
 * whoever pushes waits for the {@link #flush}. What began to run before a crash of the server that
 * forgot it was never acknowledged.
 */
final class Inserts {
  private static final String NEW =
      """
      with new as materialized (
        select *
          from unnest(?::uuid[], ?::text[], ?::int[], ?::int[], ?::bigint[], ?::bigint[], ?::int[],
                      ?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[], ?::uuid[],
                      ?::text[], ?::bytea[], ?::int[]) with ordinality
               as n (id, external_id, queue, priority, delay, at, task, kind, codec, codec_version,
                     settings, unique_key, partition_key, parent_id, meta, payload, slot, nth)
      ), proof as materialized (
        {proof}
      ),
      """;

  /** Whoever the server's default leaves in doubt: a push waits for the disk. */
  private static final String ON_DISK =
      """
      case when current_setting('synchronous_commit') = 'off'
           then set_config('synchronous_commit', 'on', true)
      end\
      """;

  private static final String DURABLE = "select " + ON_DISK + " as durable, true as holds";

  private static final String RELAXED =
      "select set_config('synchronous_commit', 'off', true) as relaxed, true as holds";

  /** A transaction that says nothing: with it, the log is on disk up to here. */
  private static final String FLUSH =
      "select " + ON_DISK + ", pg_logical_emit_message(true, 'jobyard', '')";

  /** As the caller's transaction does it; only the tables must be ours. */
  private static final String IN_TRANSACTION =
      "select (select identity from {t}store) = ?::uuid as holds";

  private static final String UNDER_LEASE =
      """
      select set_config('synchronous_commit', 'off', true) as relaxed,
             exists (select 1
                       from {t}jobs j
                      cross join lateral (select *
                                            from {t}leased
                                           where queue = j.queue
                                             and seq = j.seq
                                          offset 0) l
                       join {t}sessions s on s.number = l.session and s.ended_at is null
                      where j.id = ?::uuid
                        and l.seq = ?
                        and l.fence = ?
                        and l.token = ?) as holds
      """;

  /** The first of a list has it; who has it already keeps it. */
  private static final String CLAIM =
      """
      claimed as (
        insert into {t}external (external_id, id)
        select distinct on (external_id) external_id, id
          from new n, proof
         where external_id is not null
           and proof.holds
           and (select j.id from {t}jobs j where j.id = n.id) is null
           and (select f.id from {t}finished f where f.id = n.id) is null
         order by external_id, nth
        on conflict do nothing
        returning external_id, id
      ),
      """;

  private static final String UNCLAIMED =
      """
           and (n.external_id is null
                or exists (select 1
                             from claimed c
                            where c.external_id = n.external_id
                              and c.id = n.id))
      """;

  /**
   * An id that is there already, live or ended, is the same push once more. Numbers are drawn after
   * sorting, so that they grow in the order of the list.
   */
  private static final String INSERT =
      """
      inserted as (
        insert into {t}jobs
               (seq, id, external_id, queue, priority, run_at, pushed_at, task, kind, codec,
                codec_version, settings, unique_key, partition_key, parent_id, meta, payload, slot)
        select nextval('{t}seq'), id, external_id, queue, priority, due, now, task, kind, codec,
               codec_version, settings, unique_key, partition_key, parent_id, meta, payload, slot
          from (select n.*, t.now, greatest(t.now, coalesce(n.at, t.now + n.delay)) as due
                  from new n, proof, (select {now} as now) t
                 where proof.holds
                   and (select f.id from {t}finished f where f.id = n.id) is null
                   {unclaimed}
                 order by nth) n
        on conflict (id) do nothing
        returning seq, run_at, fence, id, queue, priority, octet_length(payload) as bytes, slot,
                  pushed_at
      ), lined as (
        insert into {t}line ({waiting})
        select {waiting} from inserted where run_at <= pushed_at
      ), postponed as (
        insert into {t}later ({waiting})
        select {waiting} from inserted where run_at > pushed_at
      )
      select holds, {claims} as claims
        from proof
      """
          .replace("{waiting}", Endings.WAITING);

  static final String EXTERNAL =
      "select external_id, id from {t}external where external_id = any (?)";

  private final Queues queues;
  private final Map<String, String> statements;
  private final String external;

  Inserts(Queues queues, Sql sql) {
    this.queues = queues;
    this.external = sql.fill(EXTERNAL);
    Map<String, String> all = new HashMap<>();
    for (String proof : List.of(DURABLE, RELAXED, UNDER_LEASE, IN_TRANSACTION)) {
      all.put(proof, sql.fill(statement(proof, false)));
      all.put(proof + CLAIM, sql.fill(statement(proof, true)));
    }
    this.statements = Map.copyOf(all);
  }

  /** Stores them; the ids under which they are known. On disk after the transaction. */
  List<UUID> insert(Db db, List<NewJob> jobs) throws SQLException {
    return Objects.requireNonNull(insert(db, jobs, DURABLE));
  }

  /** Stores them; the ids under which they are known. On disk after a {@link #flush}. */
  List<UUID> insertSoon(Db db, List<NewJob> jobs) throws SQLException {
    return Objects.requireNonNull(insert(db, jobs, RELAXED));
  }

  /** All that was stored before is on disk when this returns. */
  static void flush(Db db) throws SQLException {
    db.first(FLUSH, row -> 1);
  }

  /** Stores them if the lease holds; null if it does not. On disk after a {@link #flush}. */
  @Nullable List<UUID> insertSoon(Db db, List<NewJob> jobs, LeaseKey parent) throws SQLException {
    return insert(db, jobs, UNDER_LEASE, parent.id(), parent.seq(), parent.fence(), parent.token());
  }

  /** Stores them in a caller's transaction; null if that is one of another database. */
  @Nullable List<UUID> insertInTransaction(Db db, List<NewJob> jobs, UUID identity)
      throws SQLException {
    return insert(db, jobs, IN_TRANSACTION, identity);
  }

  private @Nullable List<UUID> insert(Db db, List<NewJob> jobs, String proof, Object... proofs)
      throws SQLException {
    if (jobs.stream().allMatch(job -> job.externalId() == null)) {
      Set<UUID> none = store(db, jobs, proof, proofs, false);
      return none == null ? null : jobs.stream().map(NewJob::id).toList();
    }
    Map<String, UUID> holders = new HashMap<>();
    List<NewJob> left = jobs;
    while (!left.isEmpty()) {
      Set<UUID> claimed = store(db, left, proof, proofs, true);
      if (claimed == null) {
        return null;
      }
      for (NewJob job : left) {
        if (job.externalId() != null && claimed.contains(job.id())) {
          holders.put(job.externalId(), job.id());
        }
      }
      left = without(left, holders);
      lookUp(db, left, holders);
      // One that was taken and is free again by now: its holder has just ended.
      left = without(left, holders);
    }
    return jobs.stream()
        .map(job ->
            job.externalId() == null
                ? job.id()
                : Objects.requireNonNull(holders.get(job.externalId())))
        .toList();
  }

  private static List<NewJob> without(List<NewJob> jobs, Map<String, UUID> holders) {
    return jobs.stream()
        .filter(job -> job.externalId() != null && !holders.containsKey(job.externalId()))
        .toList();
  }

  private void lookUp(Db db, List<NewJob> jobs, Map<String, UUID> holders) throws SQLException {
    if (!jobs.isEmpty()) {
      db.each(
          external,
          row -> {
            holders.put(row.getString(1), row.getObject(2, UUID.class));
            return true;
          },
          new Columns<>(db, jobs).texts(NewJob::externalId));
    }
  }

  /** The ids whose external id was free; null if nothing was stored, as the proof does not hold. */
  private @Nullable Set<UUID> store(
      Db db, List<NewJob> jobs, String proof, Object[] proofs, boolean claims) throws SQLException {
    Columns<NewJob> column = new Columns<>(db, jobs);
    Object[] parameters = new Object[17 + proofs.length];
    parameters[0] = column.uuids(NewJob::id);
    parameters[1] = column.texts(NewJob::externalId);
    parameters[2] = column.ints(job -> queues.known(job.queue()));
    parameters[3] = column.ints(NewJob::priority);
    parameters[4] = column.longs(Inserts::delay);
    parameters[5] = column.nullableLongs(Inserts::at);
    parameters[6] = column.ints(job -> job.task() ? 1 : 0);
    parameters[7] = column.texts(NewJob::kind);
    parameters[8] = column.texts(job -> job.payload().codec());
    parameters[9] = column.ints(job -> job.payload().version());
    parameters[10] = column.texts(job -> StoredJson.settings(job.settings()));
    parameters[11] = column.texts(NewJob::uniqueKey);
    parameters[12] = column.texts(NewJob::partitionKey);
    parameters[13] = column.uuids(NewJob::parentId);
    parameters[14] = column.texts(NewJob::meta);
    parameters[15] = column.bytes(job -> job.payload().bytes());
    parameters[16] = column.nullableInts(NewJob::slot);
    System.arraycopy(proofs, 0, parameters, 17, proofs.length);
    String statement = Objects.requireNonNull(statements.get(claims ? proof + CLAIM : proof));
    List<@Nullable Set<UUID>> answer =
        db.list(statement, row -> row.getBoolean(1) ? claimed(row) : null, parameters);
    return answer.getFirst();
  }

  private static Set<UUID> claimed(ResultSet row) throws SQLException {
    Array claims = row.getArray(2);
    return claims == null ? Set.of() : Set.of((UUID[]) claims.getArray());
  }

  /** Every statement that stores jobs, unfilled. */
  static Stream<String> statements() {
    return Stream.of(DURABLE, RELAXED, UNDER_LEASE, IN_TRANSACTION)
        .flatMap(proof -> Stream.of(statement(proof, false), statement(proof, true)));
  }

  private static String statement(String proof, boolean claims) {
    return NEW.replace("{proof}", proof)
        + (claims ? CLAIM : "")
        + INSERT
            .replace("{unclaimed}", claims ? UNCLAIMED : "")
            .replace("{claims}", claims ? "(select array_agg(id) from claimed)" : "null::uuid[]");
  }

  private static long delay(NewJob job) {
    return job.due() instanceof Due.In(var delay) ? Millis.of(delay) : 0;
  }

  private static @Nullable Long at(NewJob job) {
    return job.due() instanceof Due.At(var instant) ? Millis.of(instant) : null;
  }
}
