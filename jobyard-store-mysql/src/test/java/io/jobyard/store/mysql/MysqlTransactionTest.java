package io.jobyard.store.mysql;

import io.jobyard.store.contract.TransactionContract;
import io.jobyard.store.contract.TransactionHarness;

/** A push within the caller's own transaction keeps the contract. */
final class MysqlTransactionTest implements TransactionContract {
  private final MysqlHarness harness = new MysqlHarness();

  @Override
  public TransactionHarness harness() {
    return harness;
  }
}
