package io.jobyard.node.process;

import io.jobyard.Progress;
import io.jobyard.run.LastLines;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What running jobs say of themselves: progress, and the last lines of their logs, numbered so that
 * a reader can follow. Kept for the jobs that spoke last. Safe for use by many threads.
 */
public final class LiveRuns {
  private static final int MOST_JOBS = 1_000;

  /** What all of them may take of the manager's memory. */
  private static final int MOST_CHARS = 16 * 1024 * 1024;

  /** Who spoke or was asked for last comes last. */
  private final Map<UUID, Speech> jobs = new LinkedHashMap<>(16, 0.75f, true);

  private long chars;

  /**
   * What a job has said.
   *
   * @param progress null if it said nothing of it
   * @param next the number of the line that comes after these
   */
  public record Said(@Nullable Progress progress, List<String> lines, long next) {}

  private volatile BiConsumer<UUID, Progress> teller = (job, progress) -> {};

  private static final class Speech {
    private final LastLines lines = new LastLines();
    private @Nullable Progress progress;
  }

  /** From now on also tells this how far jobs are. */
  public void tell(BiConsumer<UUID, Progress> follower) {
    teller = follower;
  }

  void progress(UUID job, Progress progress) {
    synchronized (this) {
      speech(job).progress = progress;
      forget();
    }
    teller.accept(job, progress);
  }

  synchronized void log(UUID job, String line) {
    LastLines lines = speech(job).lines;
    chars -= lines.chars();
    lines.add(line);
    chars += lines.chars();
    forget();
  }

  /**
   * What the job has said from this line on.
   *
   * @return null if it said nothing at all
   */
  public synchronized @Nullable Said said(UUID job, long from) {
    Speech speech = jobs.get(job);
    if (speech == null) {
      return null;
    }
    return new Said(speech.progress, speech.lines.from(from), speech.lines.next());
  }

  private Speech speech(UUID job) {
    return jobs.computeIfAbsent(job, id -> new Speech());
  }

  private void forget() {
    Iterator<Speech> eldest = jobs.values().iterator();
    while (jobs.size() > MOST_JOBS || (chars > MOST_CHARS && jobs.size() > 1)) {
      chars -= eldest.next().lines.chars();
      eldest.remove();
    }
  }
}
