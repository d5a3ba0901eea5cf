package io.jobyard.node.worker;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StaleLease;
import io.jobyard.StoreUnavailable;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.Frame.Cause;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** Questions to the manager that wait for their answers. Safe for use by many threads. */
final class Requests {
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<Frame>> waiting = new ConcurrentHashMap<>();

  /** How a question is sent. */
  interface Ask {
    void send(long request);
  }

  /** Asks and waits. Interrupting the job ends the wait, not what was asked. */
  <T extends Frame> T ask(Class<T> answerType, Ask ask) {
    long request = numbers.incrementAndGet();
    var answer = new CompletableFuture<Frame>();
    waiting.put(request, answer);
    try {
      ask.send(request);
      return answerType.cast(answer.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof JobyardException refused
          ? refused
          : new JobyardException("the manager's answer could not be understood", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobyardException("interrupted while waiting for the manager's answer", e);
    } finally {
      waiting.remove(request);
    }
  }

  void answered(long request, Frame answer) {
    CompletableFuture<Frame> asked = waiting.get(request);
    if (asked != null) {
      asked.complete(answer);
    }
  }

  void refused(long request, Cause cause, String message) {
    CompletableFuture<Frame> asked = waiting.get(request);
    if (asked != null) {
      asked.completeExceptionally(
          switch (cause) {
            case STALE_LEASE -> new StaleLease(message);
            case PUSH_REFUSED -> new PushRefused(message);
            case STORE_UNAVAILABLE -> new StoreUnavailable(message, null);
            case OTHER -> new JobyardException(message);
          });
    }
  }
}
