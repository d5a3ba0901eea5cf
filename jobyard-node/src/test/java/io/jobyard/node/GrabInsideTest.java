package io.jobyard.node;

import io.jobyard.config.Mode;

/** The same, where the workers take their jobs from the store themselves. */
final class GrabInsideTest extends InsideTest {
  @Override
  Mode mode() {
    return Mode.GRAB;
  }
}
