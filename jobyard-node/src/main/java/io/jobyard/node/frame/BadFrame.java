package io.jobyard.node.frame;

import java.io.IOException;

/** What arrived is not a frame of ours, or breaks its limits; the connection cannot go on. */
public final class BadFrame extends IOException {
  public BadFrame(String message) {
    super(message);
  }
}
