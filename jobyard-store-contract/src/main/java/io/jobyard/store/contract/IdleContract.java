package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Jobyard;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a node with nothing to do asks of a server that it has to itself. For stores on a server
 * that counts what it is asked; each implements it in a test class of its own.
 */
public interface IdleContract {
  int MOST_A_SECOND = 2;
  Duration SPAN = Duration.ofMinutes(1);

  /** How long a node may ask more often after it started. */
  Duration CALM = Duration.ofMinutes(3);

  /** What is counted at once while waiting for calm. */
  Duration LOOK = Duration.ofSeconds(10);

  /** The address of an empty store on that server. */
  String url();

  /** What the server was asked so far, but for this question. */
  long asked();

  @Test
  @Tag("soak")
  default void anIdleNodeAsksAtMostTwiceASecond() {
    try (Jobyard yard = Jobyard.open(url());
        LocalNode node = yard.work()) {
      assertThat(node).isNotNull();
      await().atMost(SPAN).until(() -> !yard.store().nodes().isEmpty());
      long[] last = {asked()};
      await()
          .atMost(CALM)
          .pollDelay(LOOK)
          .pollInterval(LOOK)
          .until(() -> {
            long before = last[0];
            last[0] = asked();
            return last[0] - before <= MOST_A_SECOND * LOOK.toSeconds();
          });

      long before = asked();
      long most = MOST_A_SECOND * SPAN.toSeconds();
      await()
          .atMost(SPAN.plus(LOOK))
          .during(SPAN)
          .pollDelay(Duration.ZERO)
          .pollInterval(LOOK)
          .until(() -> asked() - before <= most);
      long asked = asked() - before;
      System.out.printf("an idle node asked %d times in a little over a minute%n", asked);
      assertThat(asked).as("it is counted").isGreaterThan(SPAN.toSeconds() / 2);
    }
  }
}
