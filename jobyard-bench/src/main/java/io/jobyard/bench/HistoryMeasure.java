package io.jobyard.bench;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;

/**
 * Whether a long history slows the drain: two files, one with a million jobs scheduled in the
 * drained queue itself and a hundred thousand failed ones, drained in turns.
 */
final class HistoryMeasure {
  private final Ground ground;
  private final int jobs;
  private final Figures figures;
  private final BenchProgress progress;

  HistoryMeasure(Ground ground, int jobs, Figures figures, BenchProgress progress) {
    this.ground = ground;
    this.jobs = jobs;
    this.figures = figures;
    this.progress = progress;
  }

  void rounds(int rounds) {
    Ground.Place old = ground.place();
    progress.begins("history: writing it");
    try (JobStore store = Stores.open(old.store(), StoreOptions.defaults())) {
      History history = new History(store, DrainMeasure.QUEUE);
      history.fail(jobs);
      history.schedule(History.TO_ONE * jobs);
    }
    try (DrainMeasure plain = new DrainMeasure(ground.place());
        DrainMeasure history = new DrainMeasure(old)) {
      plain.drain(jobs);
      history.drain(jobs);
      for (int round = 1; round <= rounds; round++) {
        progress.begins("history: round " + round);
        double without = plain.drain(jobs).rate();
        double with = history.drain(jobs).rate();
        figures.add(Figure.DRAIN_PLAIN, without);
        figures.add(Figure.DRAIN_HISTORY, with);
        figures.add(Figure.HISTORY_SHARE, 100 * with / without);
      }
    }
  }
}
