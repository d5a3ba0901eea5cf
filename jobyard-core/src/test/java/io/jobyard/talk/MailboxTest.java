package io.jobyard.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Integer> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    gate.countDown();
    threads.shutdown();
  }

  private Mailbox<Integer> box(int most, int size) {
    return new Mailbox<>("numbers", most, any -> size, this::slowly, threads);
  }

  private void slowly(int number) {
    heard.add(number);
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void ofTooManyTheOldestAreDropped() {
    Mailbox<Integer> box = box(3, 1);
    box.put(0);
    await().until(() -> heard.equals(List.of(0)));
    IntStream.rangeClosed(1, 10).forEach(box::put);
    assertThat(box.dropped()).isEqualTo(7);
    gate.countDown();
    await().until(() -> heard.equals(List.of(0, 8, 9, 10)));
  }

  @Test
  void ofTooMuchTheOldestAreDropped() {
    Mailbox<Integer> box = box(1_000, 2_000_000);
    box.put(0);
    await().until(() -> heard.equals(List.of(0)));
    IntStream.rangeClosed(1, 5).forEach(box::put);
    gate.countDown();
    await().until(() -> heard.equals(List.of(0, 4, 5)));
  }

  @Test
  void whoThrowsHearsTheNextOne() {
    Mailbox<Integer> box =
        new Mailbox<>(
            "numbers",
            100,
            any -> 1,
            number -> {
              heard.add(number);
              throw new AssertionError("broken");
            },
            threads);
    IntStream.range(0, 50).forEach(box::put);
    await().until(() -> heard.size() == 50);
    assertThat(heard).isSorted();
  }

  @Test
  void afterItsCloseNobodyIsCalled() {
    Mailbox<Integer> box = box(10, 1);
    box.put(0);
    await().until(() -> heard.equals(List.of(0)));
    box.put(1);
    box.close();
    box.put(2);
    gate.countDown();
    threads.shutdown();
    await().until(threads::isTerminated);
    assertThat(heard).containsExactly(0);
  }
}
