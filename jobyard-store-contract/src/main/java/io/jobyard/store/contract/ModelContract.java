package io.jobyard.store.contract;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In every order of operations a store does what a plain map would. */
public interface ModelContract extends StoreFixture {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  default void aRandomWalkMatchesTheModel(long seed) {
    new RandomWalk(harness(), seed).steps(400);
  }
}
