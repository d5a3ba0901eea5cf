package io.jobyard.cli.demo;

import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Compares figures that come from different places: what was pushed, how each job ended, what the
 * store counted, what arrived at the mail server, and how many words one thread finds.
 *
 * <p>Made once everything has ended. For one thread.
 */
final class Audit {
  private static final int MOST_FREQUENT = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_MILLI = 1e3;

  private final JobStore store;
  private final Pushed pushed;
  private final Pulses pulses;
  private final Watch watch;
  private final List<KindResult> kinds = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();

  Audit(Jobyard yard, Pushed pushed, Pulses pulses, Watch watch) {
    this.store = yard.store();
    this.pushed = pushed;
    this.pulses = pulses;
    this.watch = watch;
  }

  /**
   * @param arrivals messages by the id of the job that sent them
   * @param alone the words as one thread counted them
   * @param kept the folder, if it stays
   */
  DemoReport report(
      Map<String, Integer> arrivals,
      Map<String, Long> alone,
      List<SkippedRow> skipped,
      @Nullable Path kept)
      throws InterruptedException {
    Ends mails = kind("send-mail", "mail", ids(pushed.mails()));
    kind("count-words", "words", ids(pushed.parts()));
    kind("pulse", "pulse", pulses.ids());
    trouble("throws", pushed.throwing(), "exception");
    trouble("third-time", pushed.third(), "");
    trouble("never-ends", pushed.endless(), "timeout");
    trouble("greedy", pushed.greedy(), "out-of-memory");
    trouble("halts", pushed.halting(), "crash");
    compareWithTheStore();
    checks.add(arrived(mails, arrivals));
    Map<String, Long> merged = mergedWords();
    checks.add(words(merged, alone));
    Histogram starts = pulses.latencies();
    return new DemoReport(
        kinds,
        mostFrequent(merged),
        skipped,
        arrivals.values().stream().filter(times -> times > 1).count(),
        rate(pushed.mails().size() + pushed.parts().size(), "mail", "words"),
        starts.getValueAtPercentile(50) / MICROS_PER_MILLI,
        starts.getValueAtPercentile(99) / MICROS_PER_MILLI,
        checks,
        kept);
  }

  private Ends kind(String kind, String queue, List<UUID> ids) {
    Ends ends = Ends.of(ids, store);
    boolean measured = queue.equals("mail") || queue.equals("words");
    kinds.add(
        new KindResult(
            kind,
            queue,
            ids.size(),
            ends.succeeded().size(),
            ends.failed().size(),
            ends.failures(),
            measured ? rate(ids.size(), queue) : null));
    if (!ends.open().isEmpty()) {
      checks.add(new Check(kind + " jobs ended", false, ends.open().size() + " did not"));
    }
    return ends;
  }

  /**
   * @param meant the type of failure it should end with; empty if it should succeed
   */
  private void trouble(String kind, JobHandle<?> job, String meant) {
    Ends ends = kind(kind, "trouble", List.of(job.id()));
    String found =
        ends.failed().values().stream().findFirst().map(KindResult.Reason::type).orElse("");
    checks.add(
        new Check(
            kind + " ended as it should",
            ends.open().isEmpty() && found.equals(meant),
            !ends.open().isEmpty()
                ? "has not ended"
                : found.isEmpty() ? "succeeded" : "failed: " + found));
  }

  /** The store keeps counters of its own, apart from the jobs. */
  private void compareWithTheStore() {
    for (QueueStatus status : store.queues()) {
      List<KindResult> here =
          kinds.stream().filter(kind -> kind.queue().equals(status.queue())).toList();
      if (!here.isEmpty()) {
        checks.add(
            Check.equal(
                status.queue() + ": pushed, succeeded, failed",
                "by job",
                List.of(
                    here.stream().mapToLong(KindResult::pushed).sum(),
                    here.stream().mapToLong(KindResult::succeeded).sum(),
                    here.stream().mapToLong(KindResult::failed).sum()),
                "in the store",
                List.of(Watch.ended(status), status.succeeded(), status.failed())));
      }
    }
  }

  static Check arrived(Ends mails, Map<String, Integer> arrivals) {
    Set<String> succeeded = new HashSet<>();
    mails.succeeded().forEach(id -> succeeded.add(id.toString()));
    return new Check(
        "mail: jobs that succeeded, jobs whose message arrived",
        succeeded.equals(arrivals.keySet()),
        "succeeded %d, arrived %d, both %d"
            .formatted(
                succeeded.size(),
                arrivals.size(),
                succeeded.stream().filter(arrivals::containsKey).count()));
  }

  static Check words(Map<String, Long> merged, Map<String, Long> alone) {
    return new Check(
        "words: merged from the tasks, counted by one thread",
        merged.equals(alone),
        "merged %d of %d different, alone %d of %d"
            .formatted(sum(merged), merged.size(), sum(alone), alone.size()));
  }

  private Map<String, Long> mergedWords() throws InterruptedException {
    Map<String, Long> counts = new HashMap<>();
    for (JobHandle<Map<String, Integer>> part : pushed.parts()) {
      try {
        Text.merge(counts, part.await(PATIENCE));
      } catch (TimeoutException | JobyardException e) {
        checks.add(
            new Check(
                "words: every part returns its count", false, String.valueOf(e.getMessage())));
        return counts;
      }
    }
    return counts;
  }

  private double rate(long jobs, String... queues) {
    return jobs * NANOS_PER_SECOND / Math.max(1, watch.emptyAt(queues) - pushed.at());
  }

  private static Map<String, Long> mostFrequent(Map<String, Long> counts) {
    Map<String, Long> first = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_FREQUENT)
        .forEach(word -> first.put(word.getKey(), word.getValue()));
    return first;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<UUID> ids(List<? extends JobHandle<?>> handles) {
    return handles.stream().map(JobHandle::id).toList();
  }
}
