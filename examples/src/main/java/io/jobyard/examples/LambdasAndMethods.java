package io.jobyard.examples;

import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.Kind;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.List;

/** A method marked as a kind can be a job; a lambda that is exactly one call of it pushes it. */
public final class LambdasAndMethods {
  private static final Duration SOON = Duration.ofSeconds(10);

  private LambdasAndMethods() {}

  /** In a worker it is the service of this class, or else a new one. */
  public static class Mailer {
    /** Sends a greeting. */
    @Kind
    public void welcome(long userId, String language) {
      System.out.println("welcome " + userId + " in " + language);
    }

    /** Returns a value, so that its handle has one. */
    @Kind("unread")
    public int unread(long userId) {
      return (int) (userId % 10);
    }
  }

  /** Pushes by lambda, and by kind from anywhere, even without the class. */
  public static void main(String[] arguments) throws Exception {
    try (Jobyard yard = Jobyard.open("memory:");
        LocalNode node = yard.work("default")) {
      Mailer mailer = new Mailer();
      yard.push(() -> mailer.welcome(42, "en")).await(SOON);
      yard.push("Mailer@welcome", List.of(43, "de")).await(SOON);
      JobHandle<Integer> unread = yard.push(() -> mailer.unread(47));
      System.out.println("unread: " + unread.await(SOON));
    }
  }
}
