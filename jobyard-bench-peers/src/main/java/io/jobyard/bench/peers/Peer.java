package io.jobyard.bench.peers;

import java.io.IOException;
import java.time.Duration;

/**
 * One job system, with jobs that do nothing and carry a few bytes. It opens its connections and
 * makes its tables when it is made. For one thread.
 */
interface Peer extends AutoCloseable {
  /** What is compared. */
  About about();

  /** Pushes so many jobs, one after the other. */
  void pushOne(int jobs) throws Exception;

  /** Pushes so many jobs in the way its own documentation has for many. */
  void pushAll(int jobs) throws Exception;

  /** As {@link #pushAll}, but not due before tomorrow. */
  void pushLater(int jobs) throws Exception;

  /** Begins to run jobs, and returns when it does. */
  void start() throws Exception;

  /** Runs no more. */
  void stop() throws Exception;

  /**
   * Runs the jobs that wait, which are so many; it is stopped before and after.
   *
   * @return from the start of the first to the end of the last
   */
  Duration drain(int jobs) throws Exception;

  /** While it runs and is idle: pushes a job and waits for its start; from before the push. */
  Duration pushToStart() throws Exception;

  @Override
  void close() throws IOException;

  /**
   * What is compared, for the report.
   *
   * @param settings those that differ from its defaults, and where its jobs run
   */
  record About(String name, String version, String settings) {}
}
