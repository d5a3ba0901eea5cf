package io.jobyard.node.frame;

import io.jobyard.store.Signal;

/** How a live message is written and read. */
final class SignalWire {
  private SignalWire() {}

  static void signal(Writing out, Signal signal) {
    out.string(signal.topic());
    out.bytes(signal.body());
  }

  static Signal signal(Reading in) throws BadFrame {
    try {
      return new Signal(in.string(), in.bytes());
    } catch (IllegalArgumentException e) {
      throw new BadFrame("a frame holds an impossible value: " + e.getMessage());
    }
  }
}
