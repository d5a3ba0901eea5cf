package io.jobyard.cli.move;

import io.jobyard.JobState;
import io.jobyard.run.Ids;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says at the target which jobs came there. A receipt is a job that never runs, stored in one step
 * with those it names and removed once they are gone from the source. If a move dies in between,
 * the next one reads there what it need not bring again, even of jobs that have been run and
 * removed at the target meanwhile. Stateless but for its two stores.
 */
final class Receipts {
  private static final String KIND = "jobyard.moved";
  private static final Duration NEVER = Duration.ofDays(3_650);
  private static final int PAGE = 20;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final JobStore from;
  private final JobStore to;
  private final String source;
  private final Ids ids = new Ids();

  Receipts(JobStore from, JobStore to) {
    this.from = from;
    this.to = to;
    this.source = from.report().url();
  }

  static boolean is(JobView job) {
    return job.kind().equals(KIND);
  }

  /** A receipt for these jobs. */
  JobView of(String queue, List<UUID> jobs) {
    String named = jobs.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
    Instant now = Instant.now();
    return new JobView(
        ids.next(),
        0,
        null,
        queue,
        KIND,
        JobState.SCHEDULED,
        Payload.json(
            ("{\"from\":\"" + source + "\",\"jobs\":[" + named + "]}")
                .getBytes(StandardCharsets.UTF_8)),
        0,
        null,
        false,
        JobSettings.NONE,
        Counts.ZERO,
        Phase.RUN,
        0,
        now,
        now.plus(NEVER),
        null,
        null,
        null,
        false,
        List.of(),
        List.of(),
        null,
        null,
        null);
  }

  void remove(JobView receipt) {
    to.forget(JobFilter.ids(Set.of(receipt.id())), 1);
  }

  /** Whether both stores are one, by whatever names: what is stored in one is in the other. */
  boolean sameStore(String queue) {
    JobView probe = of(queue, List.of());
    to.adopt(List.of(probe));
    try {
      return !from.find(List.of(probe.id())).isEmpty();
    } finally {
      remove(probe);
    }
  }

  /** Ends at the source what an earlier move had brought to the target; how many. */
  long settle(String queue) {
    long settled = 0;
    for (JobView receipt : left(queue)) {
      List<UUID> brought = named(receipt);
      Set<UUID> still = new HashSet<>();
      from.find(brought).stream().filter(Receipts::waits).forEach(job -> still.add(job.id()));
      if (!still.isEmpty()) {
        settled += from.forget(JobFilter.ids(still), still.size());
      }
      // Of another source there may be another move at work.
      if (!still.isEmpty() || text(receipt).contains("\"" + source + "\"")) {
        remove(receipt);
      }
    }
    return settled;
  }

  static boolean waits(JobView job) {
    return job.state() == JobState.READY || job.state() == JobState.SCHEDULED;
  }

  private List<JobView> left(String queue) {
    List<JobView> all = new ArrayList<>();
    JobFilter receipts = new JobFilter(Set.of(), queue, Set.of(JobState.SCHEDULED), KIND);
    String cursor = null;
    do {
      JobPage page = to.list(receipts, cursor, PAGE);
      all.addAll(page.jobs());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  private static List<UUID> named(JobView receipt) {
    String text = text(receipt);
    String jobs = text.substring(text.indexOf("\"jobs\":"));
    return ID.matcher(jobs).results().map(found -> UUID.fromString(found.group())).toList();
  }

  private static String text(JobView receipt) {
    return new String(receipt.payload().bytes(), StandardCharsets.UTF_8);
  }
}
