package io.jobyard.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * An answer that comes later, without a thread of the server's waiting for it. Where its client has
 * gone meanwhile, Javalin never hears of it again, which would look at a request that is over. Safe
 * for use by many threads.
 */
final class Later {
  private static final Logger LOG = LoggerFactory.getLogger(Later.class);
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final Context request;
  private final CompletableFuture<Void> written = new CompletableFuture<>();

  private Later(Context request) {
    this.request = request;
  }

  /** What is written to a response. */
  interface Writing {
    void to(HttpServletResponse response) throws IOException, InterruptedException;
  }

  /** Leaves a request open; whoever calls has to answer it once. */
  static Later of(Context request) {
    Later later = new Later(request);
    request.future(() -> later.written);
    return later;
  }

  void json(int status, JsonNode document) {
    write(response -> Answers.json(response, status, document), () -> written.complete(null));
  }

  void problem(Problem problem) {
    write(response -> Answers.problem(response, problem), () -> written.complete(null));
  }

  /** Answers for as long as the writing goes on, on a thread of its own. */
  void stream(Writing writing) {
    write(writing, this::giveUp); // at its end there is seldom a client left
  }

  private void write(Writing writing, Runnable end) {
    THREADS.execute(() -> {
      try {
        writing.to(request.res());
        end.run();
      } catch (IOException | RuntimeException e) {
        LOG.debug("http: a client went away before its answer", e);
        giveUp();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        giveUp();
      }
    });
  }

  private void giveUp() {
    try {
      request.req().getAsyncContext().complete();
    } catch (RuntimeException e) {
      LOG.debug("http: a request was over before its answer", e);
    }
  }
}
