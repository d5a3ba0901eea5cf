package io.jobyard.store;

/**
 * Where jobs live. One object serves every thread of a process; closing it twice is harmless.
 *
 * <p>A store carries out what it is told and decides nothing: what becomes of a job after a run is
 * {@link io.jobyard.run.Lifecycle}'s. Its promises are the tests of jobyard-store-contract. Every
 * method may throw {@link io.jobyard.StoreUnavailable}: nothing is known then of what was asked,
 * and asking again is safe where the request carries a lease or an id.
 *
 * <p>Moments are by the store's clock and kept to the millisecond. A job whose time has come is
 * READY from that moment on, in every answer, whether or not anybody has asked for jobs since.
 * Names are told apart by every character, case and accents included.
 */
public interface JobStore
    extends ProducerStore,
        DispatcherStore,
        JanitorStore,
        OperatorStore,
        SignalStore,
        StatsStore,
        AutoCloseable {
  /** The largest payload or result, in bytes. */
  int MAX_PAYLOAD = 16 * 1024 * 1024;

  /**
   * Asked before jobs are run from it.
   *
   * @throws io.jobyard.JobyardException if it only takes pushes; says what to do
   */
  default void requireRuns() {}

  @Override
  void close();
}
