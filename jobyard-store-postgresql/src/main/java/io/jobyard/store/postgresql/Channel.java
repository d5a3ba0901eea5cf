package io.jobyard.store.postgresql;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The name under which the stores of one schema notify each other, and the way to. Stateless. */
final class Channel {
  /** PostgreSQL takes less than 8,000 bytes. */
  static final int MOST_BYTES = 7_900;

  private static final String NOTIFY =
      """
      select pg_notify(?, p.payload), set_config('synchronous_commit', 'off', true)
        from unnest(?::text[]) with ordinality p (payload, nth)
       order by p.nth
      """;

  private final Pool pool;
  private final String name;

  /** Of the tables' identity, so that it is short whatever they are called. */
  Channel(Pool pool, UUID identity) {
    this.pool = pool;
    this.name = "jobyard_" + identity.toString().replace("-", "");
  }

  String name() {
    return name;
  }

  void send(List<String> payloads) {
    if (payloads.isEmpty()) {
      return;
    }
    pool.run(db -> {
      db.each(NOTIFY, row -> true, name, db.connection().createArrayOf("text", payloads.toArray()));
      return payloads.size();
    });
  }

  /** Sends with a transaction of the caller's: nobody hears it before that commits. */
  void sendWith(io.jobyard.store.jdbc.Db db, String payload) throws SQLException {
    db.first("select pg_notify(?, ?)", row -> 1, name, payload);
  }

  static boolean fits(String payload) {
    return payload.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
  }
}
