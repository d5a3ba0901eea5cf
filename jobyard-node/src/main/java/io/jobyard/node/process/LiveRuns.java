package io.jobyard.node.process;

import io.jobyard.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private static final int MOST_LINES = 1_000;

  private final Map<UUID, Speech> jobs =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Speech> eldest) {
          return size() > MOST_JOBS;
        }
      };

  /**
   * What a job has said.
   *
   * @param progress null if it said nothing of it
   * @param next the number of the line that comes after these
   */
  public record Said(@Nullable Progress progress, List<String> lines, long next) {}

  private volatile BiConsumer<UUID, Progress> teller = (job, progress) -> {};

  private static final class Speech {
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private @Nullable Progress progress;
    private long next;
  }

  /** From now on also tells this how far jobs are. */
  public void tell(BiConsumer<UUID, Progress> follower) {
    teller = follower;
  }

  void progress(UUID job, Progress progress) {
    synchronized (this) {
      speech(job).progress = progress;
    }
    teller.accept(job, progress);
  }

  synchronized void log(UUID job, String line) {
    Speech speech = speech(job);
    speech.lines.addLast(line);
    speech.next++;
    if (speech.lines.size() > MOST_LINES) {
      speech.lines.removeFirst();
    }
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
    var lines = new ArrayList<String>();
    long number = speech.next - speech.lines.size();
    for (String line : speech.lines) {
      if (number++ >= from) {
        lines.add(line);
      }
    }
    return new Said(speech.progress, lines, speech.next);
  }

  private Speech speech(UUID job) {
    return jobs.computeIfAbsent(job, id -> new Speech());
  }
}
