package io.jobyard.store.redis;

import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stored job as scripts answer it: its body, and its state in words (see common.lua). */
final class Stored {
  private final Line line;
  private final Body body;
  private final String[] state;

  Stored(Line line, Body body, String[] state) {
    this.line = line;
    this.body = body;
    this.state = state;
  }

  static Stored of(Line line, Object body, Object state, boolean whole) {
    return new Stored(line, Body.read(Replies.bytes(body), whole), words(state));
  }

  /** Those of a state; an empty one is that of a job that was just pushed. */
  static String[] words(Object state) {
    String text = Replies.text(state);
    return (text.isEmpty() ? "W 0 - 000 0 0 - 0 0 0 0 0 0 0 - - - -" : text).split(" ", -1);
  }

  /** A node's name without spaces. */
  static String node(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  LeaseKey key() {
    return Ids.key(body.id(), body.seq(), Long.parseLong(state[1]), state[2]);
  }

  Standing standing() {
    return new Standing(key(), line.queue(), body.task(), body.settings(), counts(), phase());
  }

  Lease lease(List<Object> errors) {
    return new Lease(
        standing(),
        body.kind(),
        body.data(),
        body.priority(),
        body.slot(),
        runAt(),
        History.read(errors),
        body.meta());
  }

  /**
   * All of it.
   *
   * @param now the store's clock when it was read
   */
  JobView view(long now, List<Object> errors, List<Object> log, byte @Nullable [] result) {
    Instant runAt = runAt();
    return new JobView(
        body.id(),
        body.seq(),
        body.externalId(),
        line.queue(),
        body.kind(),
        jobState(runAt.toEpochMilli(), now),
        body.data(),
        body.priority(),
        body.slot(),
        body.task(),
        body.settings(),
        counts(),
        phase(),
        Long.parseLong(state[1]),
        body.pushedAt(),
        runAt,
        moment(state[5]),
        moment(state[7]),
        state[16].equals("-") ? null : URLDecoder.decode(state[16], StandardCharsets.UTF_8),
        state[3].charAt(2) == '1',
        History.read(errors),
        log.stream().map(Replies::text).toList(),
        result,
        body.parentId(),
        body.meta());
  }

  private Instant runAt() {
    return state[6].equals("-") ? body.pushedAt() : Instant.ofEpochMilli(Long.parseLong(state[6]));
  }

  private JobState jobState(long runAt, long now) {
    return switch (state[0]) {
      case "W" -> JobState.READY;
      case "S" -> runAt <= now ? JobState.READY : JobState.SCHEDULED;
      case "R" -> JobState.RUNNING;
      case "K" -> JobState.SUCCEEDED;
      case "F" -> JobState.FAILED;
      case "C" -> JobState.CANCELLED;
      default -> throw new IllegalStateException("no job state is stored as " + state[0]);
    };
  }

  private Counts counts() {
    Counts counts = new Counts(number(9), number(10), number(11), number(12));
    return counts.equals(Counts.ZERO) ? Counts.ZERO : counts;
  }

  private Phase phase() {
    return state[13].equals("1") ? Phase.FAILING : Phase.RUN;
  }

  private int number(int word) {
    return Integer.parseInt(state[word]);
  }

  private static @Nullable Instant moment(String millis) {
    long value = Long.parseLong(millis);
    return value == 0 ? null : Instant.ofEpochMilli(value);
  }
}
