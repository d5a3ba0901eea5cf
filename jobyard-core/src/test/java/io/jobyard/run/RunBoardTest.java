package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.run.RunBoard.Entry;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunBoardTest {
  private final RunBoard board = RunBoard.local();

  @Test
  void aRunIsEitherStartedOrTakenBack() {
    hand(7);
    assertThat(board.start(7, 99)).isTrue();
    assertThat(board.recall(7)).isFalse();
    assertThat(board.mark(7)).isEqualTo(Mark.STARTED);
    assertThat(board.startedAt(7)).isEqualTo(99);

    hand(8);
    assertThat(board.recall(8)).isTrue();
    assertThat(board.start(8, 99)).isFalse();
    assertThat(board.mark(8)).isEqualTo(Mark.RECALLED);
  }

  @Test
  void aSlotUsedAgainDoesNotSpeakForItsFormerRun() {
    int later = 5 + 3 * RunBoard.SLOTS;
    hand(5);
    board.start(5, 1);
    board.mark(5, Mark.ENDED);
    hand(later);
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
      hand(ticket);
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

  @Test
  void itSaysWhoseRunsAreOpenAndSinceWhen() {
    hand(3);
    hand(4);
    hand(5);
    board.start(5, 20);
    board.start(4, 30);
    board.mark(4, Mark.WAITING);
    assertThat(board.running()).extracting(Entry::ticket).containsExactly(5, 4);
    assertThat(board.running().getFirst())
        .isEqualTo(new Entry(5, Mark.STARTED, key(5), 20, Duration.ofSeconds(5)));
    assertThat(board.busy()).isTrue();
    assertThat(board.key(4)).isEqualTo(key(4));
    assertThat(board.key(4 + RunBoard.SLOTS)).isNull();

    board.recall(3);
    board.mark(4, Mark.ENDED);
    board.mark(5, Mark.SUCCEEDED);
    assertThat(board.busy()).isFalse();
    assertThat(board.entries())
        .extracting(Entry::mark)
        .containsExactly(Mark.RECALLED, Mark.ENDED, Mark.SUCCEEDED);
  }

  @Test
  void aReaderNeverSeesTwoRunsMixed() throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int round = 1; !over.get(); round++) {
                hand(round * RunBoard.SLOTS);
              }
            });
    for (int i = 0; i < 20_000; i++) {
      for (Entry entry : board.entries().stream().limit(1).toList()) {
        assertThat(entry.key()).isEqualTo(key(entry.ticket()));
      }
    }
    over.set(true);
    writer.join();
  }

  private void hand(int ticket) {
    var standing =
        new Standing(key(ticket), "mail", false, JobSettings.NONE, Counts.ZERO, Phase.RUN);
    var lease =
        new Lease(
            standing, "any", Payload.json(new byte[0]), 0, null, Instant.EPOCH, List.of(), null);
    board.hand(new Assignment(ticket, lease, Duration.ofSeconds(ticket), false), 10);
  }

  private static LeaseKey key(int ticket) {
    return new LeaseKey(new UUID(ticket, -ticket), ticket, ticket + 1L, ticket + 2L);
  }

  private static void count(boolean happened, AtomicInteger counter) {
    if (happened) {
      counter.incrementAndGet();
    }
  }
}
