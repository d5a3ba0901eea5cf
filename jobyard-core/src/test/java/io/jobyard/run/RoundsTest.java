package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.config.Pool;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a node that has nothing to do asks of the store. */
final class RoundsTest {
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

  private JobStore counted(JobStore store) {
    return (JobStore)
        Proxy.newProxyInstance(
            JobStore.class.getClassLoader(),
            new Class<?>[] {JobStore.class},
            (proxy, method, arguments) -> {
              calls
                  .computeIfAbsent(method.getName(), name -> new AtomicInteger())
                  .incrementAndGet();
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private int calls(String method) {
    return calls.getOrDefault(method, new AtomicInteger()).get();
  }

  @Test
  void anIdleNodeLooksAfterOthersAndAsksForNothingElse() {
    Config config =
        new Configurer()
            .environment(Map.of())
            .node("app-1")
            .store("memory:")
            .lease(Duration.ofMillis(600))
            .queue("mail", queue -> queue.poll(Duration.ofMinutes(1)))
            .build();
    try (MemoryStore store = new MemoryStore();
        Foreman foreman =
            new Foreman(
                counted(store),
                config,
                List.of(Pool.of(config.queue("mail"))),
                false,
                kind -> JobSettings.NONE,
                InstantSource.system(),
                until -> {})) {
      foreman.start();
      await().atMost(Duration.ofMinutes(1)).until(() -> calls("orphans") >= 4);
      assertThat(calls("purge")).isBetween(1, 1 + calls("orphans") / 5);
      assertThat(calls("cancelRequested")).isZero();
    }
  }
}
