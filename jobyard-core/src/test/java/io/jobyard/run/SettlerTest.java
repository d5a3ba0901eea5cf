package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.StoreUnavailable;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettlerTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final MemoryStore store = new MemoryStore();
  private final Session session = store.join(new NodeInfo("app-1", 1, Set.of("mail")));
  private Consumer<List<Settlement>> before = settlements -> {};
  private final Settler settler = new Settler(watched());

  @AfterEach
  void close() {
    settler.close();
    store.close();
  }

  @Test
  void whatTheStoreDoesNotTakeNowIsWrittenLater() throws InterruptedException {
    AtomicInteger tries = new AtomicInteger();
    before =
        settlements -> {
          if (tries.incrementAndGet() < 3) {
            throw new StoreUnavailable("the store is away");
          }
        };
    settler.start();
    List<Lease> leases = lease(10);
    leases.forEach(lease -> settler.add(success(lease), null));
    assertThat(settler.flush(SOON)).isTrue();
    assertThat(store.held(session)).isEmpty();
    assertThat(store.queues().getFirst().succeeded()).isEqualTo(10);
  }

  @Test
  void oneThatCannotBeWrittenDoesNotHinderTheOthers() throws InterruptedException {
    List<Lease> leases = lease(5);
    LeaseKey poison = leases.get(2).key();
    before =
        settlements -> {
          if (settlements.stream().anyMatch(settlement -> settlement.key().equals(poison))) {
            throw new IllegalStateException("too large");
          }
        };
    List<Boolean> told = new CopyOnWriteArrayList<>();
    leases.forEach(
        lease -> settler.add(success(lease), lease.key().equals(poison) ? told::add : null));
    settler.start();
    assertThat(settler.flush(SOON)).isTrue();
    assertThat(store.queues().getFirst().succeeded()).isEqualTo(4);
    assertThat(told).containsExactly(false);
  }

  @Test
  void staleOnesAreToldSo() throws InterruptedException {
    Lease lease = lease(1).getFirst();
    List<Boolean> told = new CopyOnWriteArrayList<>();
    settler.add(success(lease), told::add);
    settler.add(success(lease), told::add);
    settler.start();
    assertThat(settler.flush(SOON)).isTrue();
    assertThat(told).hasSize(2);
    assertThat(store.queues().getFirst().succeeded()).isEqualTo(1);
  }

  private List<Lease> lease(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(NewJob.of(UUID.randomUUID(), "mail", "note", new byte[0]));
    }
    store.push(jobs);
    return store.lease(new LeaseRequest(session, "mail", count, 1, Set.of())).leases();
  }

  private static Settlement success(Lease lease) {
    return Lifecycle.settle(lease.standing(), new Outcome.Succeeded(null), Policy.DEFAULT);
  }

  /** The store, with a word before each settlement. */
  private DispatcherStore watched() {
    return (DispatcherStore)
        Proxy.newProxyInstance(
            SettlerTest.class.getClassLoader(),
            new Class<?>[] {DispatcherStore.class},
            (self, method, arguments) -> {
              if (method.getName().equals("settle")) {
                @SuppressWarnings("unchecked")
                List<Settlement> settlements = (List<Settlement>) arguments[0];
                before.accept(settlements);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
