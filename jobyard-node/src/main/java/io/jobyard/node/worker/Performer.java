package io.jobyard.node.worker;

import io.jobyard.JobContext;
import io.jobyard.run.Allowance;
import io.jobyard.run.LineFeed;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A run as its process sees it: its thread, and what it prints. Threads that the job left behind
 * still know it; then it holds nothing of the run any more. Safe for use by many threads.
 */
final class Performer {
  private final PrintStream console;
  private final Allowance shared;
  private @Nullable JobContext job;
  private @Nullable Thread thread;
  private @Nullable LineFeed out;
  private @Nullable LineFeed err;
  private @Nullable Cpu cpuAtStart;

  /** What a process prints to. */
  enum Stream {
    OUT,
    ERR
  }

  /**
   * @param console takes the lines besides the job's log
   * @param shared what all runs of the process may print together
   */
  Performer(JobContext job, Thread thread, PrintStream console, Allowance shared) {
    this.job = job;
    this.thread = thread;
    this.console = console;
    this.shared = shared;
  }

  /** One of its threads prints; false if the run is over and it is nobody's. */
  boolean print(Stream stream, byte[] bytes, int from, int count) {
    LineFeed feed = feed(stream);
    if (feed == null) {
      return false;
    }
    feed.write(bytes, from, count);
    return true;
  }

  private synchronized @Nullable LineFeed feed(Stream stream) {
    JobContext current = job;
    if (current == null) {
      return null;
    }
    LineFeed feed = stream == Stream.OUT ? out : err;
    if (feed == null) {
      feed = new LineFeed(line -> say(current, line), shared);
      if (stream == Stream.OUT) {
        out = feed;
      } else {
        err = feed;
      }
    }
    return feed;
  }

  /** To the node's log as well: there it also is when the process dies. */
  private void say(JobContext current, String line) {
    current.log(line);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    console.write(bytes, 0, bytes.length);
    console.flush();
  }

  /** The run is over. */
  void leave() {
    LineFeed lastOut;
    LineFeed lastErr;
    synchronized (this) {
      lastOut = out;
      lastErr = err;
      job = null;
      thread = null;
      out = null;
      err = null;
    }
    if (lastOut != null) {
      lastOut.flush();
    }
    if (lastErr != null) {
      lastErr.flush();
    }
  }

  /** Null once it is over. */
  synchronized @Nullable Thread thread() {
    return thread;
  }

  /** What the process had used when this was first known; null if it is not yet. */
  synchronized @Nullable Cpu cpuAtStart() {
    return cpuAtStart;
  }

  synchronized void cpuAtStart(Cpu cpu) {
    cpuAtStart = cpu;
  }
}
