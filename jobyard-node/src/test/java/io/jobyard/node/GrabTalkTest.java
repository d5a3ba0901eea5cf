package io.jobyard.node;

import io.jobyard.config.Mode;

/** The same where the workers take their jobs themselves. */
final class GrabTalkTest extends TalkTest {
  @Override
  Mode mode() {
    return Mode.GRAB;
  }
}
