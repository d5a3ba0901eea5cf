package io.jobyard.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the part after {@code memory:} means. */
final class MemoryStoreProviderTest {
  private static JobStore open(String url) {
    return Stores.open(url, StoreOptions.defaults());
  }

  private static UUID push(JobStore store) {
    return store
        .push(List.of(NewJob.of(UUID.randomUUID(), "mail", "kind", new byte[0])))
        .getFirst();
  }

  @Test
  void withoutANameEachIsItsOwn() {
    try (JobStore one = open("memory:");
        JobStore two = open("memory:")) {
      UUID id = push(one);
      assertThat(two.find(List.of(id))).isEmpty();
    }
  }

  @Test
  void aNameIsSharedUntilTheLastCloses() {
    JobStore one = open("memory:shared");
    JobStore two = open("memory:shared");
    UUID id = push(one);
    one.close();
    one.close();
    assertThat(two.find(List.of(id))).hasSize(1);
    try (JobStore three = open("memory:shared")) {
      two.close();
      assertThat(three.find(List.of(id))).hasSize(1);
    }
    try (JobStore anew = open("memory:shared")) {
      assertThat(anew.find(List.of(id))).isEmpty();
    }
  }

  @Test
  void otherNamesAreOtherStores() {
    try (JobStore one = open("memory:one");
        JobStore two = open("memory:two")) {
      UUID id = push(one);
      assertThat(two.find(List.of(id))).isEmpty();
      assertThat(one.report().url()).isEqualTo("memory:one");
    }
  }

  @Test
  void thereIsNothingToMigrate() {
    assertThat(Stores.provider("memory:").migrate("memory:", StoreOptions.defaults(), false))
        .isEmpty();
  }

  @Test
  void aClosedStoreSaysSo() {
    JobStore store = open("memory:gone");
    store.close();
    assertThatThrownBy(store::queues)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("memory:gone");
  }
}
