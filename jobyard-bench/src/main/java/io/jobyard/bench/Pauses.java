package io.jobyard.bench;

import java.time.Duration;

/**
 * How long measures wait.
 *
 * @param rest between a drain and the look at the memory: garbage is given back by then, or it is
 *     not
 * @param calm between a node's last job and the look at it: JVMs compile for a while, and some
 *     stores are asked more often within a minute of a job
 * @param watched how long an idle node is looked at; several of its beats and rounds
 */
record Pauses(Duration rest, Duration calm, Duration watched) {
  static final Pauses STANDARD =
      new Pauses(Duration.ofSeconds(10), Duration.ofSeconds(65), Duration.ofMinutes(1));
}
