package io.jobyard.cli.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.cli.MoveYard;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import io.jobyard.testing.MariaServer;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.RedisServers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a move does at each store, and what is left where it dies. */
class MoverTest {
  @TempDir Path folder;
  private final List<JobStore> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(JobStore::close);
  }

  private JobStore open(String url) {
    JobStore store = Stores.open(url, StoreOptions.defaults());
    opened.add(store);
    return store;
  }

  private JobStore file(String name) {
    return open("sqlite:" + folder.resolve(name));
  }

  private static List<Moved> move(JobStore from, JobStore to) {
    return new Mover(from, to, count -> {}).move(from.queues(), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "postgresql", "redis", "redis-cluster", "memory"})
  void jobsComeThereAndBackAsTheyWere(String product) {
    String url =
        switch (product) {
          case "mariadb" -> MariaServer.shared().newDatabase();
          case "postgresql" -> PostgresServer.shared().freshUrl();
          case "redis" -> RedisServers.single();
          case "redis-cluster" -> RedisServers.cluster();
          default -> "memory:" + UUID.randomUUID();
        };
    MoveYard first = new MoveYard(file("first.db"));
    MoveYard there = new MoveYard(open(url));
    MoveYard back = new MoveYard(file("back.db"));
    List<JobView> jobs = first.pushEverySort();

    assertThat(move(first.store, there.store)).extracting(Moved::moved).containsExactly(5L);
    there.assertHas(jobs);
    assertThat(move(there.store, back.store)).extracting(Moved::moved).containsExactly(5L);
    back.assertHas(jobs);
    assertThat(there.waiting()).isEmpty();
    assertThat(back.drain()).hasSize(3);
  }

  /** As a kill would end it: right before the Nth call of a method, or right after. */
  @ParameterizedTest
  @CsvSource({
    "from, forget, 1, false",
    "from, forget, 1, true",
    "from, forget, 2, false",
    "to, adopt, 3, false",
    "to, adopt, 3, true",
    "to, forget, 2, false"
  })
  void whereverItDiesTheNextOneEndsIt(String where, String method, int call, boolean done) {
    MoveYard source = new MoveYard(file("from.db"));
    MoveYard target = new MoveYard(file("to.db"));
    List<UUID> pushed = source.push(2_500);
    JobStore from = where.equals("from") ? dying(source.store, method, call, done) : source.store;
    JobStore to = where.equals("to") ? dying(target.store, method, call, done) : target.store;

    assertThatThrownBy(() -> move(from, to)).isInstanceOf(Killed.class);
    List<UUID> run = new ArrayList<>(target.drain());
    assertThat(run).hasSizeBetween(1, 2_499);
    Moved moved = move(source.store, target.store).getFirst();
    run.addAll(target.drain());

    assertThat(run).containsExactlyElementsOf(pushed);
    assertThat(moved.complete()).isTrue();
    assertThat(source.waiting()).isEmpty();
    assertThat(target.waiting()).as("receipts").isEmpty();
  }

  @Test
  void itStopsAfterThePageOnItsWay() {
    MoveYard source = new MoveYard(file("from.db"));
    MoveYard target = new MoveYard(file("to.db"));
    source.push(2_500);
    Mover[] mover = new Mover[1];
    mover[0] = new Mover(source.store, target.store, count -> mover[0].stop());
    Moved moved = mover[0].move(source.store.queues(), false).getFirst();
    assertThat(moved.complete()).isFalse();
    assertThat(moved.moved()).isEqualTo(1_000);
    assertThat(target.waiting()).hasSize(1_000);
    assertThat(source.waiting()).hasSize(1_500);
    assertThat(source.store.queues().getFirst().paused()).isFalse();
  }

  @Test
  void aTakenExternalIdIsRefusedAndNothingIsHalfMoved() {
    MoveYard source = new MoveYard(file("from.db"));
    MoveYard target = new MoveYard(file("to.db"));
    List<JobView> jobs = source.pushEverySort();
    target.pushEverySort();
    assertThatThrownBy(() -> move(source.store, target.store))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("order-7");
    source.assertHas(jobs);
    assertThat(target.waiting()).hasSize(5);
    assertThat(source.store.queues().getFirst().paused()).isFalse();
  }

  private static JobStore dying(JobStore store, String method, int call, boolean done) {
    AtomicInteger calls = new AtomicInteger();
    return (JobStore)
        Proxy.newProxyInstance(
            MoverTest.class.getClassLoader(),
            new Class<?>[] {JobStore.class},
            (proxy, called, arguments) -> {
              boolean last = called.getName().equals(method) && calls.incrementAndGet() == call;
              if (last && !done) {
                throw new Killed();
              }
              try {
                Object answer = called.invoke(store, arguments);
                if (last) {
                  throw new Killed();
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
