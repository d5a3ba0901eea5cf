package io.jobyard.talk;

import io.jobyard.Message;
import io.jobyard.Progress;
import io.jobyard.Subscription;
import io.jobyard.codec.MessageCodec;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Signal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Those who listen in one process: the handles of jobs, and a worker's own listeners. Each has a
 * {@link Mailbox}, served by platform threads, for a job may spin on every other one until it is
 * told to stop.
 *
 * <p>Safe for use by many threads. {@link #close} ends all listening; twice is harmless.
 */
public final class Ears implements AutoCloseable {
  private static final int MOST_MESSAGES = 1_000;

  private final Air air;
  private final MessageCodec codec = new MessageCodec();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("jobyard-listener-", 0).factory());

  /**
   * @param air what is listened to
   */
  public Ears(Air air) {
    this.air = air;
  }

  /** Hears what a job sends to whoever holds its handle. */
  public Subscription onMessage(UUID job, Consumer<Message> listener) {
    Mailbox<Message> box = messages("messages of job " + job, listener);
    ProducerStore.Subscription heard =
        air.hear(Topics.job(job), signal -> deliver(signal, envelope -> true, List.of(box)));
    return () -> {
      heard.close();
      box.close();
    };
  }

  /** Hears how far a job is; of several words that wait, only the latest. */
  public Subscription onProgress(UUID job, Consumer<Progress> listener) {
    var box = new Mailbox<>("progress of job " + job, 1, any -> 0, listener, threads);
    ProducerStore.Subscription heard =
        air.hear(
            Topics.progress(job),
            signal -> {
              Progress progress = ProgressWire.read(signal);
              if (progress != null) {
                box.put(progress);
              }
            });
    return () -> {
      heard.close();
      box.close();
    };
  }

  /** Hears what is addressed to a worker. Without listeners nothing is listened to. */
  public Subscription inbox(Seat seat, List<Consumer<Message>> listeners) {
    List<Mailbox<Message>> boxes =
        listeners.stream()
            .map(listener -> messages("messages to workers of " + seat.queues(), listener))
            .toList();
    List<ProducerStore.Subscription> heard =
        boxes.isEmpty()
            ? List.of()
            : Stream.concat(
                    seat.queues().stream().map(Topics::queue), Stream.of(Topics.node(seat.node())))
                .map(topic -> air.hear(topic, signal -> deliver(signal, seat::isFor, boxes)))
                .toList();
    return () -> {
      heard.forEach(ProducerStore.Subscription::close);
      boxes.forEach(Mailbox::close);
    };
  }

  private Mailbox<Message> messages(String what, Consumer<Message> listener) {
    return new Mailbox<>(what, MOST_MESSAGES, Message::size, listener, threads);
  }

  private void deliver(
      Signal signal, Predicate<Envelope.Mark> isMeant, List<Mailbox<Message>> boxes) {
    Envelope envelope = Envelope.open(signal);
    if (envelope != null && isMeant.test(envelope.to())) {
      Message message = envelope.message(codec);
      boxes.forEach(box -> box.put(message));
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
