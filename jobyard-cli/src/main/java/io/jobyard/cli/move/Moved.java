package io.jobyard.cli.move;

import java.util.List;
import java.util.UUID;

/**
 * What came of moving one queue.
 *
 * @param moved jobs that are at the target now and no longer at the source
 * @param resumed of them, those that an earlier move, which broke off, had brought there already
 * @param running jobs that ran at the source and stay there
 * @param failed jobs that stay at the source as FAILED
 * @param cancelled jobs that stay at the source as CANCELLED
 * @param wasPaused whether the source's queue was paused before, and so still is
 * @param complete false if it was told to stop
 */
public record Moved(
    String queue,
    long moved,
    long resumed,
    List<UUID> running,
    long failed,
    long cancelled,
    boolean wasPaused,
    boolean complete) {
  public Moved {
    running = List.copyOf(running);
  }
}
