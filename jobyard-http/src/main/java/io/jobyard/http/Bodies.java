package io.jobyard.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads bodies: JSON in UTF-8, no larger than allowed, and all that are read at once within one
 * budget, so that many large ones cannot take all memory. Safe for use by many threads.
 */
final class Bodies {
  /** Of all bodies together, in largest ones. */
  private static final int SHARED = 4;

  private static final int STEP = 16 * 1024;
  private static final int PATIENCE_SECONDS = 10;

  /** Threads that read at once; the others are left for those who have sent all. */
  private static final int READERS = 64;

  private static final int LEAST_BYTES_PER_SECOND = 1_000;
  private static final long FIRST_PATIENCE = TimeUnit.SECONDS.toNanos(5);

  private final long most;
  private final Semaphore steps;
  private final Semaphore readers = new Semaphore(READERS);

  /** What is done with a body while its share of the budget is held. */
  interface Use {
    void with(byte[] body) throws Exception;
  }

  Bodies(long most) {
    this.most = most;
    this.steps = new Semaphore((int) Math.min(1 << 30, steps(most) * SHARED), true);
  }

  /** Reads the body, which must be JSON, and uses it. */
  void json(Context request, Use use) throws Exception {
    requireJson(request);
    long announced = request.req().getContentLengthLong();
    if (announced > most) {
      throw tooLarge();
    }
    Share share = new Share();
    try {
      byte[] body = read(request, announced, share);
      requireText(body);
      use.with(body);
    } finally {
      share.giveBack();
    }
  }

  /** What one body holds of the budget. For one thread. */
  private final class Share {
    private int held;

    void growTo(long bytes) throws InterruptedException {
      int wanted = (int) steps(bytes) - held;
      if (wanted <= 0) {
        return;
      }
      if (!steps.tryAcquire(wanted, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Problem.busy("too many large requests come in at once; try again", PATIENCE_SECONDS);
      }
      held += wanted;
    }

    void giveBack() {
      steps.release(held);
      held = 0;
    }
  }

  private byte[] read(Context request, long announced, Share share) throws InterruptedException {
    if (!readers.tryAcquire(1, TimeUnit.SECONDS)) {
      throw Problem.busy("too many requests come in slowly; try again", 1);
    }
    try {
      long began = System.nanoTime();
      InputStream in = request.req().getInputStream();
      var out = new ByteArrayOutputStream(announced > 0 ? (int) Math.min(announced, STEP) : STEP);
      byte[] step = new byte[STEP];
      for (int n = in.read(step); n >= 0; n = in.read(step)) {
        if (out.size() + n > most) {
          throw tooLarge();
        }
        share.growTo(out.size() + n);
        out.write(step, 0, n);
        requirePace(out.size(), System.nanoTime() - began);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw Problem.bad("the body did not arrive as announced");
    } finally {
      readers.release();
    }
  }

  private static void requirePace(long bytes, long nanos) {
    if (nanos > FIRST_PATIENCE && bytes * 1e9 / nanos < LEAST_BYTES_PER_SECOND) {
      throw Problem.status(
          408,
          "Too slow",
          "the body came at less than %,d bytes a second".formatted(LEAST_BYTES_PER_SECOND));
    }
  }

  private static long steps(long bytes) {
    return (bytes + STEP - 1) / STEP;
  }

  private Problem tooLarge() {
    return Problem.tooLarge(
        "the body has more than %,d bytes (http.max-body); push in smaller batches"
            .formatted(most));
  }

  private static void requireJson(Context request) {
    String type = request.contentType();
    String plain = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!plain.equals("application/json")) {
      throw Problem.unsupported(
          "the body must come with 'Content-Type: application/json', got '" + plain + "'");
    }
    String charset = request.req().getCharacterEncoding();
    if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
      throw Problem.unsupported("the body must be UTF-8, got charset '" + charset + "'");
    }
    String coding = request.header("Content-Encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw Problem.unsupported("the body must not be compressed, got '" + coding + "'");
    }
  }

  private static void requireText(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      throw Problem.bad("the body is not UTF-8");
    }
  }
}
