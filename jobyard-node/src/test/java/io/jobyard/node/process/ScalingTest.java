package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Jobyard;
import io.jobyard.config.Pool;
import io.jobyard.config.Processes;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.process.Scaling.Load;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScalingTest {
  private static final Duration STEP = Scaling.PERIOD;

  private final Scaling scaling = new Scaling(new Processes(1, 16), 0);
  private long now;
  private long done;
  private int processes = 1;

  @Test
  void growsWhileWhatWaitsTakesTooLongAndNotFurtherThanItNeeds() {
    // Each process does 10 jobs a second: 400 jobs in 2 s need 20, but 16 is the most.
    assertThat(step(1, 400, 5)).isEqualTo(2);
    assertThat(step(2, 400, 10)).isEqualTo(4);
    assertThat(step(4, 400, 20)).isEqualTo(8);
    assertThat(step(8, 400, 40)).isEqualTo(16);
    assertThat(step(16, 400, 80)).isEqualTo(16);
  }

  @Test
  void growsByNoMoreThanItsPaceAsksFor() {
    step(1, 100, 5);
    assertThat(processes).isEqualTo(2);
    assertThat(step(2, 60, 10)).isEqualTo(3);
  }

  @Test
  void doesNotGrowWhereWhatWaitsIsThroughSoon() {
    assertThat(step(1, 15, 5)).isEqualTo(1);
  }

  @Test
  void waitsForThoseThatComeUp() {
    assertThat(step(1, 400, 5)).isEqualTo(2);
    now += STEP.toNanos();
    assertThat(scaling.wanted(new Load(2, 1, 1, 400, done += 5), now)).isEqualTo(2);
  }

  @Test
  void shrinksToWhatWasBusyOnlyAfterAWhile() {
    processes = 8;
    for (int i = 0; i < 19; i++) {
      assertThat(step(i == 5 ? 3 : 1, 0, 1)).isEqualTo(8);
    }
    assertThat(step(1, 0, 1)).isEqualTo(3);
  }

  @Test
  void neverFlapsAtASteadyLoad() {
    processes = 4;
    for (int i = 0; i < 200; i++) {
      assertThat(step(i % 2 == 0 ? 4 : 3, i % 2 == 0 ? 20 : 0, 20)).isEqualTo(4);
    }
  }

  @Test
  void startsOnDemandAndRestsWhereNothingComesOfIt() {
    Scaling onDemand = new Scaling(new Processes(0, 4), 0);
    assertThat(onDemand.wanted(new Load(0, 0, 0, 0, 0), 1)).isZero();
    assertThat(onDemand.wanted(new Load(0, 0, 0, 1, 0), 2)).isOne();

    // The queue is paused: jobs wait, but none runs.
    long later = Duration.ofSeconds(11).toNanos();
    assertThat(onDemand.wanted(new Load(1, 1, 0, 1, 0), later)).isZero();
    assertThat(onDemand.wanted(new Load(0, 0, 0, 1, 0), later + 1)).isZero();
    long rested = later + Duration.ofSeconds(10).toNanos();
    assertThat(onDemand.wanted(new Load(0, 0, 0, 1, 0), rested)).isOne();

    // Whatever the rest, a push is a reason to try.
    assertThat(onDemand.wanted(new Load(1, 1, 0, 1, 0), 2 * rested)).isZero();
    assertThat(onDemand.wanted(new Load(0, 0, 0, 1, 0), 2 * rested + 1)).isZero();
    onDemand.wake();
    assertThat(onDemand.wanted(new Load(0, 0, 0, 1, 0), 2 * rested + 2)).isOne();
  }

  @Test
  void wantsNoMoreThanALimitKeepsBusy() {
    Scaling one = new Scaling(Scaling.useful(pool(limited("a", 1, 1))), 0);
    assertThat(one.wanted(new Load(1, 1, 1, 400, 5), STEP.toNanos())).isOne();

    assertThat(Scaling.useful(pool(limited("a", 10, 5)))).isEqualTo(new Processes(1, 1));
    assertThat(Scaling.useful(pool(limited("a", 10, 11)))).isEqualTo(new Processes(1, 2));
    assertThat(Scaling.useful(pool(limited("a", 1, 100)))).isEqualTo(new Processes(1, 4));
  }

  @Test
  void theLimitsOfAPoolCountTogetherAndNotWhereOneHasNone() {
    assertThat(Scaling.useful(pool(limited("a", 1, 1), limited("b", 1, 2))))
        .isEqualTo(new Processes(1, 3));
    assertThat(Scaling.useful(pool(limited("a", 1, 1), limited("b", 1, 0))))
        .isEqualTo(new Processes(1, 4));
  }

  private static Pool pool(QueueConfig... queues) {
    return new Pool("pool", List.of(queues));
  }

  private static QueueConfig limited(String name, int threads, int limit) {
    return Jobyard.configure()
        .environment(Map.of())
        .queue(name, queue -> queue.processes(1, 4).threads(threads).limit(limit))
        .build()
        .queue(name);
  }

  private int step(int busy, int backlog, int ended) {
    now += STEP.toNanos();
    done += ended;
    processes = scaling.wanted(new Load(processes, processes, busy, backlog, done), now);
    return processes;
  }
}
