package io.jobyard.scenarios;

/**
 * Who plays a scenario, and where.
 *
 * @param threads how many jobs a worker process runs at once
 */
record Cast(Ground ground, Mode mode, int threads) {
  static final int PROCESSES = 2;

  /** A node's part of jobyard.yaml, patient with jobs whose processes others kill. */
  String settings() {
    return settings("lease: 2s");
  }

  /** The same with another line for the node. */
  String settings(String node) {
    return settings(node, "max-crashes: 1000, max-lost: 1000, backoff: 50ms");
  }

  /**
   * A node's part of jobyard.yaml.
   *
   * @param node a line for the node
   * @param queue more of the default queue, as {@code key: value, …}
   */
  String settings(String node, String queue) {
    return """
    %s
    queues:
      default: {mode: %s, processes: %d, threads: %d, memory: 64m, %s}
    """
        .formatted(node, mode.word(), PROCESSES, threads, queue);
  }

  /** How many jobs one node runs at once. */
  int slots() {
    return PROCESSES * threads;
  }

  /** How long each of so many jobs must take, to keep two nodes busy for that time. */
  int millis(int jobs, int busyMillis) {
    return Math.max(5, busyMillis * 2 * slots() / jobs);
  }

  @Override
  public String toString() {
    return ground + ", " + mode.word() + ", threads: " + threads;
  }
}
