package io.jobyard.store.contract;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A harness that gives connections as an application has them, for {@link TransactionContract}. */
public interface TransactionHarness extends StoreHarness {
  /**
   * A new connection to the database and schema of the stores, as the driver gives it: in
   * auto-commit. Whoever asked closes it.
   */
  Connection connect() throws SQLException;

  /**
   * New connections that are not to the stores' database: at least one to an empty one, and one to
   * another that has Jobyard's tables too. Whoever asked closes them.
   */
  List<Connection> strangers() throws SQLException;

  /**
   * Whether others may write while a transaction that pushed is open. Where not, they wait until it
   * ends.
   */
  default boolean othersMayWrite() {
    return true;
  }

  /**
   * Whether who listens is told once the transaction has committed. Where not, polling finds it.
   */
  default boolean tellsAfterCommit() {
    return true;
  }
}
