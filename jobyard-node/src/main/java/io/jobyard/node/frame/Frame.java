package io.jobyard.node.frame;

import io.jobyard.run.Assignment;
import io.jobyard.run.Finished;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import java.util.List;
import java.util.UUID;

/**
 * One message between manager and worker. {@link Hello} and {@link Refusal} never change their
 * form, so that two versions that do not understand each other can still say so.
 */
public sealed interface Frame {
  /** The oldest and the newest version of the frames that this code speaks. */
  int OLDEST = 1;

  int NEWEST = 1;

  /**
   * Worker: the first frame.
   *
   * @param oldest the oldest version of the frames it speaks
   * @param newest the newest
   * @param secret what its manager gave it at its start
   */
  record Hello(int oldest, int newest, String secret, long pid) implements Frame {}

  /** Manager: no; the connection ends here. */
  record Refusal(String reason) implements Frame {}

  /** Manager: the answer to a hello. */
  record Welcome(int version, WorkerSettings settings) implements Frame {}

  /** Worker: set up, takes jobs from now on. */
  record Ready() implements Frame {}

  /** Worker: could not be set up, and leaves. */
  record StartFailed(String reason) implements Frame {}

  /** Manager: jobs to run. */
  record Run(List<Assignment> batch) implements Frame {}

  /** Manager: stop this run. */
  record Cancel(int ticket) implements Frame {}

  /** Manager: until when all leases hold, as {@link System#nanoTime}, which the machine shares. */
  record Leases(long validUntil) implements Frame {}

  /** Manager: leave once nothing is left to do. */
  record Retire() implements Frame {}

  /** Worker: what came of runs. */
  record Done(List<Finished> runs) implements Frame {}

  /** Worker: how far a run is. */
  record Progress(int ticket, long done, long total, String note) implements Frame {}

  /** Worker: a line for a run's live log. */
  record Log(int ticket, String line) implements Frame {}

  /** Worker: a run waits for another job and lends its slot, or goes on. */
  record Waiting(int ticket, boolean waits) implements Frame {}

  /** Worker: push jobs under the lease of a running one. */
  record Push(long request, LeaseKey parent, List<NewJob> jobs) implements Frame {}

  /** Worker: where do these jobs stand? */
  record Find(long request, List<UUID> ids) implements Frame {}

  /** Manager: the answer to a {@link Push}. */
  record Pushed(long request, List<UUID> ids) implements Frame {}

  /** Manager: the answer to a {@link Find}. */
  record Found(long request, List<JobView> jobs) implements Frame {}

  /** Manager: the request could not be met. */
  record Refused(long request, Cause cause, String message) implements Frame {}

  /** Worker: how much heap it uses, in bytes; said when it hears of its leases. */
  record Pulse(long heapUsed) implements Frame {}

  /** Worker: a line for the node's audit. */
  record Audit(String line) implements Frame {}

  /** Why a request could not be met. */
  enum Cause {
    STALE_LEASE,
    PUSH_REFUSED,
    STORE_UNAVAILABLE,
    OTHER
  }
}
