package io.jobyard.node.frame;

import io.jobyard.run.Assignment;
import io.jobyard.run.Finished;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Session;
import io.jobyard.store.Signal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One message between manager and worker. {@link Hello} and {@link Refusal} never change their
 * form, so that two versions that do not understand each other can still say so.
 */
public sealed interface Frame {
  /** The oldest and the newest version of the frames that this code speaks. */
  int OLDEST = 1;

  int NEWEST = 1;

  /** What a worker says. */
  sealed interface ToManager extends Frame {}

  /** What a manager says. */
  sealed interface ToWorker extends Frame {}

  /** What a manager says to a worker that it hands jobs to. */
  sealed interface ToRunner extends ToWorker {}

  /** What a manager says to a worker that takes jobs from the store itself. */
  sealed interface ToGrabber extends ToWorker {}

  /**
   * Worker: the first frame.
   *
   * @param oldest the oldest version of the frames it speaks
   * @param newest the newest
   * @param secret what its manager gave it at its start
   */
  record Hello(int oldest, int newest, String secret, long pid) implements ToManager {}

  /** Manager: no; the connection ends here. */
  record Refusal(String reason) implements ToWorker {}

  /** Manager: the answer to a hello. */
  record Welcome(int version, WorkerSettings settings) implements ToWorker {}

  /** Worker: set up, takes jobs from now on. */
  record Ready() implements ToManager {}

  /** Worker: could not be set up, and leaves. */
  record StartFailed(String reason) implements ToManager {}

  /** Manager: jobs to run. */
  record Run(List<Assignment> batch) implements ToRunner {}

  /** Manager: stop this run. */
  record Cancel(int ticket) implements ToRunner {}

  /** Manager: until when all leases hold, as {@link System#nanoTime}, which the machine shares. */
  record Leases(long validUntil) implements ToWorker {}

  /** Manager: leave once nothing is left to do. */
  record Retire() implements ToWorker {}

  /** Worker: what came of runs. */
  record Done(List<Finished> runs) implements ToManager {}

  /** Worker: how far a run is. */
  record Progress(int ticket, long done, long total, String note) implements ToManager {}

  /** Worker: a line for a run's live log. */
  record Log(int ticket, String line) implements ToManager {}

  /** Worker: a run's live message, for the manager to pass on. */
  record Say(int ticket, Signal message) implements ToManager {}

  /**
   * Worker: a topic of the store's signals.
   *
   * @param on whether it wants to hear it from now on, or not any more
   */
  record Hear(String topic, boolean on) implements ToManager {}

  /** Manager: a signal of a topic that the worker wants to hear. */
  record Heard(Signal signal) implements ToRunner {}

  /** Worker: a run waits for another job and lends its slot, or goes on. */
  record Waiting(int ticket, boolean waits) implements ToManager {}

  /** Worker: push jobs under the lease of a running one. */
  record Push(long request, LeaseKey parent, List<NewJob> jobs) implements ToManager {}

  /** Worker: where do these jobs stand? */
  record Find(long request, List<UUID> ids) implements ToManager {}

  /** Manager: the answer to a {@link Push}. */
  record Pushed(long request, List<UUID> ids) implements ToRunner {}

  /** Manager: the answer to a {@link Find}. */
  record Found(long request, List<JobView> jobs) implements ToRunner {}

  /** Manager: the request could not be met. */
  record Refused(long request, Cause cause, String message) implements ToRunner {}

  /** Worker: how much heap it uses, in bytes; said when it hears of its leases. */
  record Pulse(long heapUsed) implements ToManager {}

  /** Worker: a line for the node's audit. */
  record Audit(String line) implements ToManager {}

  /**
   * Manager: lease jobs for this session from now on.
   *
   * @param slot the worker's number in its queue
   * @param quota how many it may begin in all
   */
  record Serve(Session session, int slot, int quota) implements ToGrabber {}

  /** Manager: the session is gone, and every lease with it. */
  record Abandon() implements ToGrabber {}

  /** Manager: stop these jobs. */
  record CancelJobs(List<LeaseKey> keys) implements ToGrabber {}

  /** Worker: a job it leased is to run alone, elsewhere. */
  record TakeOver(Lease lease) implements ToManager {}

  /** Worker: after a retire, no job is begun any more. */
  record Drained() implements ToManager {}

  /** Worker: it has nothing to do, and will take nothing more. */
  record Idle() implements ToManager {}

  /**
   * Worker: its heap stays full.
   *
   * @param now whether it begins no other job
   */
  record Worn(boolean now, String why) implements ToManager {}

  /** Worker: end this process. */
  record KillMe(String why) implements ToManager {}

  /** Manager: where does this job's run stand? */
  record Look(long request, UUID job) implements ToWorker {}

  /**
   * Worker: the answer to a {@link Look}.
   *
   * @param sight null if the job does not run here
   */
  record Looked(long request, @Nullable RunSight sight) implements ToManager {}

  /** Why a request could not be met. */
  enum Cause {
    STALE_LEASE,
    PUSH_REFUSED,
    STORE_UNAVAILABLE,
    OTHER
  }
}
