package io.jobyard.run;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Where a thread stands, as text. */
public final class ThreadDump {
  private static final Duration MOST = Duration.ofMillis(500);

  private ThreadDump() {}

  /**
   * The thread's stack; null if it could not be had in 500 ms, because the JVM does not get to a
   * safepoint.
   */
  public static @Nullable String of(Thread thread) {
    FutureTask<String> capture = new FutureTask<>(() -> describe(thread));
    Thread.ofPlatform().name("jobyard-dump").daemon().start(capture);
    try {
      return capture.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static String describe(Thread thread) {
    StringBuilder text = new StringBuilder();
    text.append('"').append(thread.getName()).append("\" ").append(thread.getState()).append('\n');
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("\tat ").append(frame).append('\n');
    }
    return text.toString();
  }
}
