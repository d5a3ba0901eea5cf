package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.run.RunBoard.Entry;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What comes of the jobs that a dead worker had taken itself, by what is left of it: the store's
 * list of its leases and its {@link RunBoard}. The same as where a dispatcher had handed them out,
 * see {@link HandOut#died}.
 *
 * @param ended what is known of each, but for the suspects
 * @param suspects of several that ran one killed it, and nobody knows which
 */
record Estate(List<Share> ended, List<Standing> suspects) {
  /** One job's part. */
  record Share(Standing job, Outcome outcome) {
    /** Whether the job is charged, so that its class has a say in what follows. */
    boolean charged() {
      return switch (outcome) {
        case Outcome.NotStarted o -> false;
        case Outcome.Succeeded o -> false;
        case Outcome.Cancelled o -> false;
        case Outcome.Released o -> false;
        case Outcome.Failed o -> true;
        case Outcome.Refused o -> true;
        case Outcome.TimedOut o -> true;
        case Outcome.Crashed o -> true;
        case Outcome.Lost o -> true;
        case Outcome.Handled o -> true;
      };
    }
  }

  /**
   * @param verdicts of runs whose end was decided before the worker died
   * @param blame what the worker died of; null if no job is to blame
   * @param isolation whether suspects can run alone
   */
  static Estate of(
      List<Standing> held,
      List<Entry> board,
      Map<LeaseKey, Outcome> verdicts,
      @Nullable Failure blame,
      boolean isolation) {
    Map<LeaseKey, Mark> marks = marks(board);
    Set<LeaseKey> accused = blame == null ? Set.of() : accused(held, marks, verdicts);
    List<Share> ended = new ArrayList<>();
    List<Standing> suspects = new ArrayList<>();
    for (Standing job : held) {
      Outcome verdict = verdicts.get(job.key());
      if (verdict != null) {
        ended.add(new Share(job, verdict));
      } else if (blame == null || !accused.contains(job.key())) {
        boolean well = marks.get(job.key()) == Mark.SUCCEEDED;
        ended.add(new Share(job, well ? new Outcome.Succeeded(null) : new Outcome.NotStarted()));
      } else if (isolation && accused.size() > 1) {
        suspects.add(job);
      } else {
        ended.add(new Share(job, new Outcome.Crashed(blame)));
      }
    }
    return new Estate(ended, suspects);
  }

  /** A lease may have had two runs, its body's and its handlers': the later one counts. */
  private static Map<LeaseKey, Mark> marks(List<Entry> board) {
    Map<LeaseKey, Entry> latest = new HashMap<>();
    for (Entry entry : board) {
      latest.merge(entry.key(), entry, (a, b) -> a.since() - b.since() > 0 ? a : b);
    }
    Map<LeaseKey, Mark> marks = new HashMap<>();
    latest.forEach((key, entry) -> marks.put(key, entry.mark()));
    return marks;
  }

  /** Those that ran; where none did, those that waited for another job, on a thread of theirs. */
  private static Set<LeaseKey> accused(
      List<Standing> held, Map<LeaseKey, Mark> marks, Map<LeaseKey, Outcome> verdicts) {
    Set<LeaseKey> ran = marked(held, key -> marks.get(key) == Mark.STARTED, verdicts);
    return ran.isEmpty() ? marked(held, key -> marks.get(key) == Mark.WAITING, verdicts) : ran;
  }

  private static Set<LeaseKey> marked(
      List<Standing> held, Predicate<LeaseKey> so, Map<LeaseKey, Outcome> verdicts) {
    return held.stream()
        .map(Standing::key)
        .filter(so)
        .filter(key -> !verdicts.containsKey(key))
        .collect(Collectors.toSet());
  }
}
