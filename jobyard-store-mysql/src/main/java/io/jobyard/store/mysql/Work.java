package io.jobyard.store.mysql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is done with a connection while nobody else has it. */
@FunctionalInterface
interface Work<T extends @Nullable Object> {
  T on(Tx tx) throws SQLException;
}
