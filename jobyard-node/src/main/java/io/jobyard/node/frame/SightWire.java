package io.jobyard.node.frame;

import org.jspecify.annotations.Nullable;

/** How the sight of a run is written and read: the two methods mirror each other. */
final class SightWire {
  private SightWire() {}

  static void sight(Writing out, @Nullable RunSight sight) {
    out.flag(sight != null);
    if (sight != null) {
      out.stringOrNull(sight.stack());
      out.stringOrNull(sight.threads());
      RunSight.CpuUse cpu = sight.cpu();
      out.flag(cpu != null);
      if (cpu != null) {
        out.i64(cpu.millis());
        out.i64(cpu.overMillis());
      }
    }
  }

  static @Nullable RunSight sight(Reading in) throws BadFrame {
    if (!in.flag()) {
      return null;
    }
    String stack = in.stringOrNull();
    String threads = in.stringOrNull();
    return new RunSight(stack, threads, in.flag() ? new RunSight.CpuUse(in.i64(), in.i64()) : null);
  }
}
