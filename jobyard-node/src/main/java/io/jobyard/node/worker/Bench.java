package io.jobyard.node.worker;

import io.jobyard.codec.KindIndex;
import io.jobyard.node.frame.BadFrame;
import io.jobyard.node.frame.Frame;
import io.jobyard.run.Equipment;

/** How a worker comes by its jobs, and what becomes of what they say. */
interface Bench {
  /**
   * Gets ready for jobs; the manager is told afterwards.
   *
   * @param kinds what can run
   */
  void open(Equipment equipment, KindIndex kinds);

  /** Something for a worker that is handed its jobs. */
  void hear(Frame.ToRunner frame) throws BadFrame;

  /** Something for a worker that takes its jobs itself. */
  void hear(Frame.ToGrabber frame) throws BadFrame;

  /** Whether a run is not over: then the leases must hold. */
  boolean busy();

  /** Waits for what runs, and ends. */
  void leave() throws InterruptedException;
}
