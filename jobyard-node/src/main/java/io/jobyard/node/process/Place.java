package io.jobyard.node.process;

/**
 * What a worker process is there for.
 *
 * @param slot its number among the queue's workers, from 0, which its replacement takes over; -1
 *     for a cell
 * @param isolated whether suspects run in it, one at a time with nothing else beside it
 */
record Place(int slot, boolean isolated) {
  /** One of the queue's workers. */
  static Place slot(int number) {
    return new Place(number, false);
  }

  /** Where a suspect runs alone. */
  static Place cell() {
    return new Place(-1, true);
  }

  /** How many jobs run at once there, where the queue's workers run so many. */
  int threads(int ofQueue) {
    return isolated ? 1 : ofQueue;
  }
}
