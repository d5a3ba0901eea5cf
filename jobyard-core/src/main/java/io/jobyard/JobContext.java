package io.jobyard;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The running job, as its own code sees it. Safe for use by threads the job starts. */
public interface JobContext {
  UUID id();

  String queue();

  String kind();

  /** 1 for the first run, 2 for the second, and so on. */
  int attempt();

  /** Whether a failure of this run would be final. */
  boolean lastAttempt();

  /** When this run is stopped; empty without a timeout. */
  Optional<Instant> deadline();

  /**
   * Says how far the work is. Cheap: it is passed on at most ten times a second, the latest first.
   *
   * @param total the whole; 0 where it is not known
   * @param note one line; may be empty
   */
  void progress(long done, long total, String note);

  /**
   * Sends a live message to whoever holds this job's handle: see {@link JobHandle#onMessage}.
   *
   * @param message what JSON can carry as it carries a job's arguments; at most {@link
   *     Message#MAX_BYTES}
   * @throws JobyardException if it cannot be sent: too large, or no JSON
   * @throws StaleLease if this run is over, as for its other threads that go on
   */
  default void send(Object message) {
    send(Address.producer(), message);
  }

  /**
   * Sends a live message. It is not kept: who does not listen now never hears it. One sender's
   * messages come in order, and may come after the job's end. Does not wait for anybody to hear.
   *
   * @see Services#onMessage
   */
  void send(Address to, Object message);

  /** Adds a line to the job's log: live at its node, stored with failed and kept jobs. */
  void log(String line);

  /**
   * Ends this run now and puts the job back, to run again after the delay; costs no retry. Does not
   * return: it throws, so let the throwable pass.
   */
  void release(Duration delay);

  /** Ends this run now and the job with it, as CANCELLED. Does not return; see {@link #release}. */
  void cancel();

  /** Whether somebody asked for this job to be cancelled; a long loop looks here now and then. */
  boolean cancelled();

  /**
   * A table that all worker processes of this node share, as {@code tables} in jobyard.yaml lays it
   * out.
   *
   * @throws IllegalArgumentException if there is none of that name; it says which there are
   */
  SharedTable table(String name);

  /** For child pushes: they carry this job as parent and are refused once its lease is gone. */
  Pusher yard();

  /**
   * What {@code on-start} registered for this class.
   *
   * @throws IllegalStateException if nothing was registered; it names what was
   */
  <T> T service(Class<T> type);
}
