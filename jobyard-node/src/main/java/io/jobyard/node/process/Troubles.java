package io.jobyard.node.process;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a queue's workers do not come up, or die before they finish anything: said once when it
 * begins or changes, and once when it is over. Touched by its queue's own thread only, but for
 * {@link #current}.
 */
final class Troubles {
  private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

  /** A word with a digit in it. */
  private static final Pattern CHANGING = Pattern.compile("\\w*\\d\\w*");

  private final String queue;
  private volatile @Nullable String current;
  private String said = "";
  private boolean dying;

  Troubles(String queue) {
    this.queue = queue;
  }

  /** Null while all is well. */
  @Nullable String current() {
    return current;
  }

  void notUp(String why) {
    say("a worker did not come up", why);
  }

  void diedUnused(String why) {
    say("a worker died before its first job", why);
  }

  void dying(String why) {
    dying = true;
    say("workers die before they finish a job", why);
  }

  private void say(String what, String why) {
    boolean open = current != null;
    current = why;
    String kind = kind(why);
    if (!open || !kind.equals(said)) {
      said = kind;
      LOG.error("queue {}: {}: {}; trying again, at most every 30 s", queue, what, why);
    }
  }

  /** Without what differs from death to death: numbers, addresses, and what it said last. */
  private static String kind(String why) {
    int end = why.indexOf(Demise.SAID);
    return CHANGING.matcher(end < 0 ? why : why.substring(0, end)).replaceAll("#");
  }

  /**
   * A worker is up.
   *
   * @return whether that is not enough: it has to finish something first
   */
  boolean stillOpen(WorkerProcess worker) {
    if (current == null) {
      return false;
    }
    if (dying && worker.doneCount() == 0) {
      return true;
    }
    over();
    return false;
  }

  /** All is well again. */
  void over() {
    LOG.info("queue {}: workers come up again", queue);
    current = null;
    dying = false;
  }
}
