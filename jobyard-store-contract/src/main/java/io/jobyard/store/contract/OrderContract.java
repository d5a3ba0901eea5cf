package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of the ready jobs go first, and which wait for a slot of their own. */
public interface OrderContract extends StoreFixture {
  private static List<UUID> lease(Actor node, int count, Order order, @Nullable Slots slots) {
    List<Lease> leases =
        node.store
            .lease(
                new LeaseRequest(
                    node.session, Actor.QUEUE, count, Long.MAX_VALUE, Set.of(), order, 0, slots))
            .leases();
    return Actor.ids(leases);
  }

  private static Slots free(int processes, Integer... free) {
    return new Slots(processes, Set.of(free));
  }

  @Test
  default void theYoungestFirstWithinAPriority() {
    Actor node = Actor.on(open());
    UUID low1 = node.push(Draft.job().priority(5));
    UUID high1 = node.push(Draft.job().priority(-5));
    UUID mid1 = node.push();
    UUID high2 = node.push(Draft.job().priority(-5));
    UUID low2 = node.push(Draft.job().priority(5));
    UUID mid2 = node.push();
    assertThat(lease(node, 3, Order.LIFO, null)).containsExactly(high2, high1, mid2);
    UUID mid3 = node.push();
    assertThat(lease(node, 9, Order.LIFO, null)).containsExactly(mid3, mid1, low2, low1);
  }

  @Test
  default void theYoungestOfSomeKindsAndBytes() {
    Actor node = Actor.on(open());
    UUID first = node.push(Draft.job().kind("a").payload(new byte[100]));
    node.push(Draft.job().kind("b").payload(new byte[100]));
    UUID third = node.push(Draft.job().kind("a").payload(new byte[100]));
    UUID last = node.push(Draft.job().kind("a").payload(new byte[100]).priority(9));
    List<Lease> leases =
        node.store
            .lease(
                new LeaseRequest(
                    node.session, Actor.QUEUE, 9, 250, Set.of("a"), Order.LIFO, 0, null))
            .leases();
    assertThat(Actor.ids(leases)).containsExactly(third, first);
    assertThat(lease(node, 9, Order.LIFO, null)).hasSize(2).endsWith(last);
  }

  @Test
  default void ofOneLineBothEndsCanBeTaken() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(5);
    assertThat(lease(node, 1, Order.LIFO, null)).containsExactly(ids.get(4));
    assertThat(lease(node, 1, Order.FIFO, null)).containsExactly(ids.get(0));
    assertThat(lease(node, 2, Order.LIFO, null)).containsExactly(ids.get(3), ids.get(2));
  }

  @Test
  default void aPinnedJobWaitsForItsSlot() {
    Actor node = Actor.on(open());
    UUID pinned = node.push(Draft.job().slot(1));
    UUID free = node.push();
    UUID other = node.push(Draft.job().slot(2));
    assertThat(lease(node, 9, Order.FIFO, free(3, 0))).containsExactly(free);
    assertThat(lease(node, 9, Order.FIFO, free(3))).isEmpty();
    assertThat(lease(node, 9, Order.FIFO, free(3, 0, 2))).containsExactly(other);
    assertThat(node.status().ready()).isEqualTo(1);
    assertThat(lease(node, 9, Order.FIFO, free(3, 1))).containsExactly(pinned);
  }

  @Test
  default void aLeaseSaysItsSlot() {
    Actor node = Actor.on(open());
    node.push(Draft.job().slot(7));
    assertThat(node.lease().slot()).isEqualTo(7);
    node.push();
    assertThat(node.lease().slot()).isNull();
  }

  @Test
  default void aSlotThatIsNoMoreFallsOnAnother() {
    Actor node = Actor.on(open());
    UUID seven = node.push(Draft.job().slot(7));
    assertThat(lease(node, 1, Order.FIFO, free(3, 0, 2))).isEmpty();
    assertThat(lease(node, 1, Order.FIFO, free(3, 1))).containsExactly(seven);
    UUID two = node.push(Draft.job().slot(2));
    assertThat(lease(node, 1, Order.LIFO, free(1, 0))).containsExactly(two);
  }

  @Test
  default void whereAllSlotsHaveRoomPinnedJobsKeepTheirTurn() {
    Actor node = Actor.on(open());
    UUID first = node.push(Draft.job().slot(1));
    UUID second = node.push();
    UUID third = node.push(Draft.job().slot(0));
    assertThat(lease(node, 2, Order.FIFO, free(2, 0, 1))).containsExactly(first, second);
    assertThat(lease(node, 2, Order.FIFO, null)).containsExactly(third);
  }

  @Test
  default void aLongRowForABusySlotHidesNobody() {
    Actor node = Actor.on(open());
    List<UUID> behind = new ArrayList<>();
    for (int batch = 0; batch < 3; batch++) {
      node.store.push(IntStream.range(0, 1_000).mapToObj(i -> Draft.job().slot(4).done()).toList());
    }
    behind.add(node.push());
    behind.add(node.push(Draft.job().slot(1)));
    assertThat(lease(node, 5, Order.FIFO, free(5, 0, 1))).containsExactlyElementsOf(behind);
    UUID last = node.push(Draft.job().priority(9));
    assertThat(lease(node, 5, Order.LIFO, free(5, 0, 1))).containsExactly(last);
  }

  @Test
  default void theBacklogIsCountedNoFurtherThanAsked() {
    Actor node = Actor.on(open());
    assertThat(node.store.backlog(Actor.QUEUE, 10)).isZero();
    node.push(7);
    node.push(Draft.job().in(units(2)));
    node.push(Draft.job().queue("other"));
    assertThat(node.store.backlog(Actor.QUEUE, 100)).isEqualTo(7);
    assertThat(node.store.backlog(Actor.QUEUE, 5)).isEqualTo(5);
    node.lease(3);
    assertThat(node.store.backlog(Actor.QUEUE, 100)).isEqualTo(4);
    node.store.pause(Actor.QUEUE, true);
    assertThat(node.store.backlog(Actor.QUEUE, 100)).as("of a paused queue").isEqualTo(4);
    passUnits(3);
    assertThat(node.store.backlog(Actor.QUEUE, 100)).as("with the one that is due").isEqualTo(5);
  }

  @Test
  default void slotsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Slots(0, Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1, got 0");
  }
}
