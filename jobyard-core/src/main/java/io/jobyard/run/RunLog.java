package io.jobyard.run;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a run logs: the last of it is kept for its outcome, and all of it is passed on live, as far
 * as others can bear it: of a line 16 Ki characters, of a flood 2,000 lines and 512 Ki characters a
 * second. Safe for use by many threads.
 */
final class RunLog {
  private static final int LONGEST = 16 * 1024;
  private static final int LINES_A_SECOND = 2_000;
  private static final int CHARS_A_SECOND = 512 * 1024;

  private final Consumer<String> live;
  private final LastLines kept = new LastLines();
  private final Sluice sluice = new Sluice(LINES_A_SECOND, CHARS_A_SECOND, null, System::nanoTime);

  RunLog(Consumer<String> live) {
    this.live = live;
  }

  synchronized void add(String line) {
    String said = line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    if (sluice.passes(said.length())) {
      sayLeftOut();
      say(said);
    }
  }

  /** The run is over: says what is still to be said. */
  synchronized void end() {
    sayLeftOut();
  }

  /** Those that are kept. */
  synchronized List<String> lines() {
    return kept.from(0);
  }

  private void sayLeftOut() {
    String notice = sluice.leftOut();
    if (notice != null) {
      say(notice);
    }
  }

  private void say(String line) {
    kept.add(line);
    live.accept(line);
  }
}
