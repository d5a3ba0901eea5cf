package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Jobyard;
import io.jobyard.run.LocalNode;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node with nothing to do asks of a server that it has to itself. */
@Tag("soak")
final class IdleTest {
  /** What is sent from outside; the commands within a script are counted under their own names. */
  private static final Pattern ASKED =
      Pattern.compile("cmdstat_(?:evalsha|eval|publish|ping):calls=(\\d+)");

  private static final Duration CALM = Duration.ofSeconds(65);
  private static final Duration SPAN = Duration.ofMinutes(1);

  @Test
  void anIdleNodeAsksAtMostTwiceASecond() throws Exception {
    try (RedisProcess server = RedisServers.startSingle();
        Jobyard yard = Jobyard.open(RedisServers.fresh(RedisServers.url(server)));
        LocalNode node = yard.work()) {
      assertThat(node).isNotNull();
      await().atMost(SPAN).until(() -> !yard.store().nodes().isEmpty());
      TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
      long before = asked(server);
      TimeUnit.NANOSECONDS.sleep(SPAN.toNanos());
      long asked = asked(server) - before;
      System.out.printf("an idle node asked %d times in %d s%n", asked, SPAN.toSeconds());
      assertThat(asked).isBetween(SPAN.toSeconds() / 2, 2 * SPAN.toSeconds());
    }
  }

  private static long asked(RedisProcess server) {
    String counts = server.command("INFO", "commandstats");
    assertThat(counts).contains("cmdstat_evalsha");
    return ASKED.matcher(counts).results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
  }
}
