package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one job should be, kept as plainly as can be. Moments are spans since the walk began. */
final class ModelJob {
  final NewJob pushed;
  int place;
  JobState state;
  Duration dueAt;
  Counts counts = Counts.ZERO;
  Phase phase = Phase.RUN;
  long fence;
  boolean cancelRequested;
  final List<Failure> errors = new ArrayList<>();
  @Nullable Lease lease;
  @Nullable Duration keptUntil;

  ModelJob(NewJob pushed, int place, Duration now) {
    this.pushed = pushed;
    this.place = place;
    Duration delay = ((NewJob.Due.In) pushed.due()).delay();
    this.dueAt = now.plus(delay);
    this.state = delay.isZero() ? JobState.READY : JobState.SCHEDULED;
  }

  void timeIs(Duration now) {
    if (state == JobState.SCHEDULED && dueAt.compareTo(now) <= 0) {
      state = JobState.READY;
    }
  }

  void leased(Lease by) {
    state = JobState.RUNNING;
    fence++;
    lease = by;
  }

  void settle(Settlement settlement, Duration now) {
    counts = settlement.counts();
    phase = settlement.phase();
    errors.addAll(settlement.errors());
    switch (settlement.move()) {
      case Settlement.Stay() -> {}
      case Settlement.End(var end) -> become(end);
      case Settlement.Return(var delay) -> {
        if (cancelRequested) {
          become(JobState.CANCELLED);
        } else {
          become(delay.isZero() ? JobState.READY : JobState.SCHEDULED);
          dueAt = now.plus(delay);
        }
      }
      case Settlement.Succeed(var result, var keep) -> {
        become(JobState.SUCCEEDED);
        keptUntil = now.plus(keep);
      }
    }
  }

  void retried() {
    counts = Counts.ZERO;
    phase = Phase.RUN;
    become(JobState.READY);
  }

  void become(JobState next) {
    state = next;
    lease = null;
    cancelRequested = false;
  }

  void assertShownAs(JobView view) {
    assertThat(view.state()).isEqualTo(state);
    assertThat(view.fence()).isEqualTo(fence);
    assertThat(view.counts()).isEqualTo(counts);
    assertThat(view.phase()).isEqualTo(phase);
    assertThat(view.errors()).isEqualTo(errors);
    assertThat(view.cancelRequested()).isEqualTo(cancelRequested);
    assertThat(view.priority()).isEqualTo(pushed.priority());
    assertThat(view.slot()).isEqualTo(pushed.slot());
    assertThat(view.kind()).isEqualTo(pushed.kind());
    assertThat(view.externalId()).isEqualTo(pushed.externalId());
  }
}
