package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.run.RunBoard.Mark;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunBoardTest {
  private final RunBoard board = RunBoard.local();

  @Test
  void aRunIsEitherStartedOrTakenBack() {
    board.hand(7);
    assertThat(board.start(7, 99)).isTrue();
    assertThat(board.recall(7)).isFalse();
    assertThat(board.mark(7)).isEqualTo(Mark.STARTED);
    assertThat(board.startedAt(7)).isEqualTo(99);

    board.hand(8);
    assertThat(board.recall(8)).isTrue();
    assertThat(board.start(8, 99)).isFalse();
    assertThat(board.mark(8)).isEqualTo(Mark.RECALLED);
  }

  @Test
  void aSlotUsedAgainDoesNotSpeakForItsFormerRun() {
    int later = 5 + 3 * RunBoard.SLOTS;
    board.hand(5);
    board.start(5, 1);
    board.mark(5, Mark.ENDED);
    board.hand(later);
    assertThat(board.mark(5)).isEqualTo(Mark.NONE);
    assertThat(board.start(5, 2)).isFalse();
    assertThat(board.mark(later)).isEqualTo(Mark.HANDED);
  }

  @Test
  void startAndRecallAtOnceNeverBothSucceed() throws InterruptedException {
    AtomicInteger started = new AtomicInteger();
    AtomicInteger recalled = new AtomicInteger();
    int rounds = 200;
    for (int round = 1; round <= rounds; round++) {
      int ticket = round * RunBoard.SLOTS;
      board.hand(ticket);
      Thread worker = Thread.ofPlatform().start(() -> count(board.start(ticket, 1), started));
      count(board.recall(ticket), recalled);
      worker.join();
    }
    assertThat(started.get() + recalled.get()).isEqualTo(rounds);
  }

  @Test
  void heapMemoryIsRefused() {
    assertThatThrownBy(() -> new RunBoard(ByteBuffer.allocate(RunBoard.BYTES)))
        .hasMessageContaining("direct memory");
  }

  private static void count(boolean happened, AtomicInteger counter) {
    if (happened) {
      counter.incrementAndGet();
    }
  }
}
