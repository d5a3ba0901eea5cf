package io.jobyard.node.worker;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The stacks of threads that were started since a job began, virtual ones too: where one job runs
 * at a time, they are the job's. The numbers of threads only grow, which tells them from older
 * ones; the JVM writes virtual threads to a file only. Safe for use by many threads.
 */
final class StartedThreads {
  private static final long PATIENCE_MS = 1_000;
  private static final int MOST_CHARS = 64 * 1024;

  /** Apart: a worker that is never asked starts sooner without them. */
  private static final class Patterns {
    static final Pattern HEAD = Pattern.compile("#(\\d+) \"(.*)\" ?(.*)");

    /** Jobyard's, and those that carry virtual threads. */
    static final Pattern NOT_THE_JOBS =
        Pattern.compile("jobyard-.*|ForkJoinPool-1-.*|VirtualThread-.*|process reaper.*");
  }

  private final AtomicBoolean dumping = new AtomicBoolean();

  /**
   * Those younger than this one, as text; empty if there are none.
   *
   * @return null if they could not be had within a second, of so many threads maybe
   */
  @Nullable String since(Thread job) {
    if (!dumping.compareAndSet(false, true)) {
      return null;
    }
    var dump = new FutureTask<>((Callable<String>) () -> dump(job.threadId()));
    Thread.ofPlatform().daemon().name("jobyard-dump-threads").start(dump);
    try {
      return dump.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private String dump(long job) throws IOException {
    Path folder = Files.createTempDirectory("jobyard-threads");
    Path file = folder.resolve("dump");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        return younger(lines, job);
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
      dumping.set(false);
    }
  }

  /** One block a thread: a line that begins with its number, and its frames. */
  static String younger(BufferedReader lines, long job) throws IOException {
    var text = new StringBuilder();
    int more = 0;
    boolean wanted = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher head = Patterns.HEAD.matcher(line);
      if (head.matches()) {
        boolean younger =
            Long.parseLong(head.group(1)) > job
                && !Patterns.NOT_THE_JOBS.matcher(head.group(2)).matches();
        wanted = younger && text.length() < MOST_CHARS;
        if (wanted) {
          String what = head.group(3).replaceFirst(" ?\\d{4}-.*", "");
          text.append('"').append(head.group(2)).append("\" ").append(what).append('\n');
        } else if (younger) {
          more++;
        }
      } else if (wanted && !line.isBlank()) {
        String frame = line.strip();
        text.append('\t')
            .append(frame.matches("(at|-) .*") ? "" : "at ")
            .append(frame)
            .append('\n');
      }
    }
    if (more > 0) {
      text.append("… and ").append(more).append(" more threads\n");
    }
    return text.toString();
  }
}
