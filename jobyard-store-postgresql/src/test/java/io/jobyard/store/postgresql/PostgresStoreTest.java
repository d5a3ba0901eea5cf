package io.jobyard.store.postgresql;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.TransactionContract;
import io.jobyard.store.contract.TransactionHarness;

/** The PostgreSQL store keeps the contract, and that for transactions. */
final class PostgresStoreTest implements StoreContract, TransactionContract {
  private final TransactionHarness harness = new PostgresHarness();

  @Override
  public TransactionHarness harness() {
    return harness;
  }
}
