package io.jobyard.store.mysql;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;

/** The store keeps the contract on MariaDB, or on what JOBYARD_TEST_MYSQL_URL names. */
final class MysqlStoreTest implements StoreContract {
  private final StoreHarness harness = new MysqlHarness();

  @Override
  public StoreHarness harness() {
    return harness;
  }
}
