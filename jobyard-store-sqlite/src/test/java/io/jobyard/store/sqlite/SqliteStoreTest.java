package io.jobyard.store.sqlite;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;

/** The SQLite store keeps the contract. */
final class SqliteStoreTest implements StoreContract {
  private final StoreHarness harness = new SqliteHarness();

  @Override
  public StoreHarness harness() {
    return harness;
  }
}
