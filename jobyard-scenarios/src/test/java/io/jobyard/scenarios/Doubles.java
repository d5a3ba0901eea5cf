package io.jobyard.scenarios;

import io.jobyard.scenarios.Death.Standstill;
import io.jobyard.scenarios.Line.What;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Jobs that ran more than once, and whether a death excuses it. Pure functions over a ledger.
 *
 * @param excused runs that were followed by another, and may have been
 * @param unexcused runs that were followed by another for no reason known
 */
record Doubles(List<Run> excused, List<Run> unexcused) {
  /**
   * One run of a job's body.
   *
   * @param end {@link Long#MAX_VALUE} if it never came to its end
   */
  record Run(UUID job, String run, long worker, long manager, long start, long end) {
    boolean ended() {
      return end != Long.MAX_VALUE;
    }
  }

  /** Sorts each run that was followed by another of the same job. */
  static Doubles of(List<Line> ledger, List<Death> deaths, Standstill standstill) {
    List<Run> excused = new ArrayList<>();
    List<Run> unexcused = new ArrayList<>();
    runs(ledger)
        .values()
        .forEach(runs -> {
          for (Run run : runs.subList(0, runs.size() - 1)) {
            boolean allowed = deaths.stream().anyMatch(death -> death.excuses(run, standstill));
            (allowed ? excused : unexcused).add(run);
          }
        });
    return new Doubles(excused, unexcused);
  }

  /** Every job's runs, first to last. */
  static Map<UUID, List<Run>> runs(List<Line> ledger) {
    Map<String, Long> ends =
        ledger.stream()
            .filter(line -> line.what() == What.END)
            .collect(Collectors.toMap(Line::run, Line::nanos));
    return ledger.stream()
        .filter(line -> line.what() == What.START)
        .sorted(Comparator.comparingLong(Line::nanos))
        .map(line -> run(line, ends))
        .collect(Collectors.groupingBy(Run::job, LinkedHashMap::new, Collectors.toList()));
  }

  private static Run run(Line start, Map<String, Long> ends) {
    return new Run(
        start.job(),
        start.run(),
        start.worker(),
        start.manager(),
        start.nanos(),
        ends.getOrDefault(start.run(), Long.MAX_VALUE));
  }
}
