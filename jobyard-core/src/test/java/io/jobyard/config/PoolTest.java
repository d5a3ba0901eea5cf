package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolTest {
  @Test
  void queuesOfOneNameShareAndTheOthersHaveTheirOwn() {
    Config config =
        configurer()
            .queue("mail", queue -> queue.pool("post").limit(3))
            .queue("news", queue -> queue.pool("post"))
            .queue("post", queue -> queue.processes(9))
            .build();

    List<Pool> pools = Pool.of(config, config.queues().keySet());
    assertThat(pools)
        .extracting(pool -> pool.name() + pool.queues().stream().map(QueueConfig::name).toList())
        .containsExactly("post[mail, news]", "default[default]", "post[post]");
    assertThat(pools.getFirst().limited()).isTrue();
    assertThat(Pool.of(config, List.of("news")).getFirst().queues()).hasSize(1);
  }

  @Test
  void queuesThatShareProcessesMustAgreeOnThem() {
    Configurer settings =
        configurer()
            .queue("mail", queue -> queue.pool("post").threads(2))
            .queue("news", queue -> queue.pool("post").threads(3));

    assertThatThrownBy(settings::build)
        .isInstanceOf(ConfigInvalid.class)
        .hasMessageContaining("queues.news.threads must be the same as that of queue mail")
        .hasMessageContaining("pool post, got 3 and 2");
  }

  private static Configurer configurer() {
    return new Configurer().environment(Map.of());
  }
}
