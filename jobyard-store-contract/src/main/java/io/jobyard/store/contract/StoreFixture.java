package io.jobyard.store.contract;

import io.jobyard.store.JobStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** What all contracts start from: the harness of this test. */
public interface StoreFixture {
  /** This test's harness: the same at every call within one test, a new one for the next. */
  StoreHarness harness();

  @AfterEach
  default void closeHarness() {
    harness().close();
  }

  default JobStore open() {
    return harness().open();
  }

  /** A span of so many units; see {@link StoreHarness#unit()}. */
  default Duration units(long count) {
    return harness().unit().multipliedBy(count);
  }

  default void passUnits(long count) {
    harness().pass(units(count));
  }
}
