package io.jobyard.talk;

import io.jobyard.Progress;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.SignalStore;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Live talk in a process that holds the store. Costs nothing, and asks nothing of the store, before
 * it is used. Safe for use by many threads; {@link #close} it before the store, twice is harmless.
 */
public final class Talk implements Air, AutoCloseable {
  private final SignalStore store;
  private final Exchange exchange;
  private final Audience audience;
  private final Herald herald;

  /**
   * @param name of who talks, for the log
   */
  public Talk(String name, SignalStore store) {
    this.store = store;
    this.exchange = new Exchange(name, store, store::hear);
    this.audience = new Audience(store, exchange::send);
    this.herald = new Herald(exchange::send);
  }

  /** Tells from now on how far jobs are, to those who follow them. */
  public void announce() {
    var unused = exchange.hear(Topics.AUDIENCE, herald::heard);
  }

  /** A job that runs here said how far it is; see {@link #announce}. */
  public void progress(UUID job, Progress progress) {
    herald.progress(job, progress);
  }

  /** Sends soon, in order. */
  public void send(Signal signal) {
    exchange.send(signal);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return audience.hear(topic, ear);
  }

  /** As {@link #hear}; while the store is away, as soon as it is back. */
  public Subscription hearSoon(String topic, Consumer<Signal> ear) {
    try {
      return hear(topic, ear);
    } catch (StoreUnavailable e) {
      return exchange.hear(topic, ear);
    }
  }

  /** For others who talk through this process, and whose flood is not to hold up anybody else. */
  public Exchange exchange(String name) {
    return new Exchange(name, store, this);
  }

  @Override
  public void close() {
    audience.close();
    exchange.close();
  }
}
