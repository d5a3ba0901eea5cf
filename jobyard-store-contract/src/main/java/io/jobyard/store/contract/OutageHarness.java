package io.jobyard.store.contract;

import java.time.Duration;

/**
 * A harness that has a server of its own and may break it, for {@link OutageContract}. The server
 * runs when a test begins, and is set up to have on disk what it acknowledged. It keeps its address
 * and its data.
 */
public interface OutageHarness extends StoreHarness {
  /** Ends the server in order. Returns once it is gone. */
  void stop();

  /** Ends the server as {@code kill -9} does. Returns once it is gone. */
  void kill();

  /** Starts the server again on its data; returns once it answers. Nothing if it runs. */
  void start();

  /** Stops the server where it is: it takes connections, and answers nothing until thawed. */
  void freeze();

  void thaw();

  /** Ends every connection to the server, from the server's side; it runs on. */
  void cut();

  /** Short: tests wait for it to end. */
  @Override
  Duration pushTimeout();
}
