package io.jobyard.node.frame;

import io.jobyard.config.Commands;
import io.jobyard.config.Delivery;
import io.jobyard.config.ShippingKey;
import io.jobyard.talk.Seat;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker must know of its node and queue.
 *
 * @param slot its number among the queue's workers; -1 where only suspects run
 * @param generation which version of the jobs' code it runs
 * @param threads jobs that run at once
 * @param killGrace between a run's interrupt and the end of its process
 * @param onStart classes to run before the first job, in order
 * @param members the queues whose jobs it runs
 * @param kinds the file that holds the index of kinds
 * @param tables the folder of the node's shared tables
 * @param shippingKey what code that comes with jobs is signed with; null where none is run
 * @param own where it takes jobs itself; null where it is handed them
 * @param delivery where the queue's jobs go instead of to code; or null
 */
public record WorkerSettings(
    String node,
    String pool,
    int slot,
    int generation,
    int threads,
    Duration killGrace,
    List<String> onStart,
    List<Member> members,
    String kinds,
    String tables,
    @Nullable ShippingKey shippingKey,
    @Nullable OwnStore own,
    @Nullable Delivery delivery) {
  public WorkerSettings {
    onStart = List.copyOf(onStart);
    members = List.copyOf(members);
  }

  /** Where messages find this process, which is such a worker. */
  public Seat seat() {
    return Seat.here(node, slot, members.stream().map(Member::queue).toList());
  }

  /** The same for the worker of this number. */
  public WorkerSettings at(int number) {
    return new WorkerSettings(
        node,
        pool,
        number,
        generation,
        threads,
        killGrace,
        onStart,
        members,
        kinds,
        tables,
        shippingKey,
        own,
        delivery);
  }

  /**
   * One of the queues.
   *
   * @param onFailure class that is told of its failed jobs; or null
   * @param commands what its Shell jobs may run
   */
  public record Member(String queue, @Nullable String onFailure, Commands commands) {}
}
