package io.jobyard.store.postgresql;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;

/** The PostgreSQL store keeps the contract. */
final class PostgresStoreTest implements StoreContract {
  private final StoreHarness harness = new PostgresHarness();

  @Override
  public StoreHarness harness() {
    return harness;
  }
}
