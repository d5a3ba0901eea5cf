package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.run.Estate.Share;
import io.jobyard.run.RunBoard.Entry;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of the jobs of a dead worker that had taken them itself. */
class EstateTest {
  private static final Failure BLAME =
      new Failure(FailureType.KILLED, "", "kill -9", "", Instant.EPOCH, "app-1", 7, null);
  private static final Outcome CRASHED = new Outcome.Crashed(BLAME);
  private static final Outcome SUCCEEDED = new Outcome.Succeeded(null);
  private static final Outcome NOT_STARTED = new Outcome.NotStarted();

  private final List<Standing> held = new ArrayList<>();
  private final List<Entry> board = new ArrayList<>();

  @Test
  void theOnlyOneThatRanIsCharged() {
    Standing ran = job(1, Mark.STARTED, 10);
    Standing handed = job(2, Mark.HANDED, 11);
    Standing neverOnTheBoard = job(3);
    Standing well = job(4, Mark.SUCCEEDED, 12);
    Standing ended = job(5, Mark.ENDED, 13);

    assertThat(estate(BLAME).suspects()).isEmpty();
    assertThat(estate(BLAME).ended())
        .containsExactly(
            new Share(ran, CRASHED),
            new Share(handed, NOT_STARTED),
            new Share(neverOnTheBoard, NOT_STARTED),
            new Share(well, SUCCEEDED),
            new Share(ended, NOT_STARTED));
  }

  @Test
  void ofSeveralThatRanNoneIsChargedYet() {
    Standing first = job(1, Mark.STARTED, 10);
    Standing second = job(2, Mark.STARTED, 10);
    Standing waited = job(3, Mark.WAITING, 10);

    Estate estate = estate(BLAME);
    assertThat(estate.suspects()).containsExactly(first, second);
    assertThat(estate.ended()).containsExactly(new Share(waited, NOT_STARTED));
  }

  @Test
  void whoeverWaitedIsAccusedWhereNobodyRan() {
    Standing waited = job(1, Mark.WAITING, 10);
    Standing handed = job(2, Mark.HANDED, 10);

    assertThat(estate(BLAME).ended())
        .containsExactly(new Share(waited, CRASHED), new Share(handed, NOT_STARTED));
  }

  @Test
  void withoutBlameAllRunAgain() {
    Standing first = job(1, Mark.STARTED, 10);
    Standing second = job(2, Mark.STARTED, 10);

    assertThat(estate(null).suspects()).isEmpty();
    assertThat(estate(null).ended())
        .containsExactly(new Share(first, NOT_STARTED), new Share(second, NOT_STARTED));
  }

  @Test
  void aVerdictStandsAndTheOthersAreInnocent() {
    Standing late = job(1, Mark.STARTED, 10);
    Standing mate = job(2, Mark.STARTED, 10);
    Outcome timedOut = new Outcome.TimedOut(BLAME, true);

    Estate estate = Estate.of(held, board, Map.of(late.key(), timedOut), null, true);
    assertThat(estate.ended())
        .containsExactly(new Share(late, timedOut), new Share(mate, NOT_STARTED));
  }

  @Test
  void theLaterOfTwoRunsUnderOneLeaseCounts() {
    Standing job = job(1, Mark.STARTED, 20);
    board.add(entry(2, Mark.ENDED, job.key(), 10));
    board.addFirst(entry(3, Mark.ENDED, job.key(), 5));

    assertThat(estate(BLAME).ended()).containsExactly(new Share(job, CRASHED));
  }

  private Estate estate(Failure blame) {
    return Estate.of(held, board, Map.of(), blame, true);
  }

  private Standing job(int number, Mark mark, long since) {
    Standing job = job(number);
    board.add(entry(number, mark, job.key(), since));
    return job;
  }

  private Standing job(int number) {
    LeaseKey key = new LeaseKey(new UUID(0, number), number, 1, 1);
    Standing job = new Standing(key, "mail", false, JobSettings.NONE, Counts.ZERO, Phase.RUN);
    held.add(job);
    return job;
  }

  private static Entry entry(int ticket, Mark mark, LeaseKey key, long since) {
    return new Entry(ticket, mark, key, since, Duration.ZERO);
  }
}
