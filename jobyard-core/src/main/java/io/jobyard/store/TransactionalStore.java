package io.jobyard.store;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;

/** A store that can push within a transaction of the caller's; SQL stores are. */
public interface TransactionalStore {
  /**
   * As {@link ProducerStore#push(List)}, through the caller's connection: the jobs exist if and
   * only if its transaction commits, and nobody runs them before. Neither commits nor closes it,
   * and does not change its settings. The connection must see the same database and schema; one in
   * auto-commit stores them at once.
   *
   * @throws io.jobyard.JobyardException if the connection is not one of this store's database; says
   *     why
   */
  List<UUID> push(List<NewJob> jobs, Connection transaction);
}
