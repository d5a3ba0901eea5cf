package io.jobyard.store.postgresql;

import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is done with a connection while nobody else has it. */
@FunctionalInterface
interface Work<T extends @Nullable Object> {
  T on(Db db) throws SQLException;
}
