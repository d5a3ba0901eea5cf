package io.jobyard.faktory;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.run.Lender;
import io.jobyard.run.Outcome;
import io.jobyard.store.Lease;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * What becomes of jobs that workers hold: as they say, and as the server sees by itself. Whoever
 * calls has taken the reservation. Safe for use by many threads.
 */
final class Ends {
  private static final Logger LOG = LoggerFactory.getLogger(Ends.class);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final int MOST_MESSAGE = 1_000;
  private static final int MOST_TYPE = 100;
  private static final int MOST_LINES = 50;
  private static final int LONGEST_LINE = 500;
  private static final byte[] JSON_NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Lender lender;
  private final String node;
  private final InstantSource clock;

  Ends(Lender lender, String node, InstantSource clock) {
    this.lender = lender;
    this.node = node;
    this.clock = clock;
  }

  /** Its worker says that it is done. */
  Reply acknowledged(Reservation held) throws Refused, InterruptedException {
    boolean task = held.lease().standing().task();
    return settle(held, new Outcome.Succeeded(task ? JSON_NULL : null));
  }

  /**
   * Its worker says that it failed.
   *
   * @param json what it says of it
   */
  Reply failed(Reservation held, JsonNode json) throws Refused, InterruptedException {
    Failure failure =
        failure(
            FailureType.EXCEPTION,
            orUnknown(json.path("errtype").asString(""), MOST_TYPE),
            orUnknown(json.path("message").asString(""), MOST_MESSAGE),
            backtrace(json.path("backtrace")),
            held.worker());
    return settle(held, new Outcome.Failed(failure, false));
  }

  /** Says OK once it is written. */
  private Reply settle(Reservation held, Outcome outcome) throws Refused, InterruptedException {
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    lender.settle(held.lease(), outcome, written::complete);
    try {
      if (!written.get(SETTLING.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("job {} was not {}'s any more: nothing was changed", held.jid(), held.worker());
      }
      return Reply.ok();
    } catch (TimeoutException e) {
      throw new Refused(
          "the store cannot be reached now; what came of the job is kept and written once it can");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a settlement is only ever completed", e);
    }
  }

  /** Its worker never had it. */
  void giveBack(Lease lease) {
    lender.settle(
        lease, new Outcome.NotStarted(), accepted -> LOG.trace("given back: {}", accepted));
  }

  /** These took longer than they may. */
  void overdue(List<Reservation> late) {
    for (Reservation held : late) {
      String message =
          held.worker()
              + " did not say what came of it within its reserve_for of "
              + lender.timeout(held.lease()).toSeconds()
              + " s";
      end(
          held,
          new Outcome.TimedOut(
              failure(FailureType.TIMEOUT, "", message, "", held.worker()), false));
    }
  }

  /** The workers of these are taken for dead. */
  void orphaned(List<Reservation> orphans) {
    for (Reservation held : orphans) {
      String message = held.worker() + " fell silent";
      end(held, new Outcome.Lost(failure(FailureType.LOST, "", message, "", held.worker())));
    }
  }

  /** Somebody wants these to end. Nothing can tell a worker, whose word counts no more. */
  void cancelled(List<Reservation> unwanted) {
    unwanted.forEach(held -> end(held, new Outcome.Cancelled()));
  }

  private void end(Reservation held, Outcome outcome) {
    lender.settle(
        held.lease(),
        outcome,
        accepted ->
            LOG.info(
                "job {} of queue {}, held by {}: {}{}",
                held.jid(),
                held.lease().standing().queue(),
                held.worker(),
                outcome.getClass().getSimpleName(),
                accepted ? "" : ", but it was another's already"));
  }

  private static String orUnknown(String text, int longest) {
    String plain = text.strip();
    return plain.isEmpty() ? "unknown" : cut(plain, longest);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  private static String backtrace(JsonNode lines) {
    StringBuilder stack = new StringBuilder();
    int left = MOST_LINES;
    for (JsonNode line : lines) {
      if (left-- == 0) {
        break;
      }
      stack.append(cut(line.asString(""), LONGEST_LINE)).append('\n');
    }
    return stack.toString();
  }

  private Failure failure(
      FailureType type, String className, String message, String stack, FaktoryWorker worker) {
    return new Failure(
        type, className, message, stack, clock.instant(), node, worker.hello().pid(), null);
  }
}
