package io.jobyard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs every example as its reader would, and looks at what it prints. */
class ExamplesTest {
  private interface Main {
    void run(String[] arguments) throws Exception;
  }

  @Test
  void firstJob() throws Exception {
    assertThat(printed(FirstJob::main)).containsExactly("welcome, user 42");
  }

  @Test
  void optionsAndRetries() throws Exception {
    assertThat(printed(OptionsAndRetries::main))
        .containsExactly("synced acme at attempt 3", "synced zenith at attempt 3");
  }

  @Test
  void splitAndCollect() throws Exception {
    assertThat(printed(SplitAndCollect::main)).containsExactly("1229 primes below 10000");
  }

  @Test
  void handlersAndServices() throws Exception {
    assertThat(printed(HandlersAndServices::main)).containsExactly("Acme owes 19.95");
  }

  @Test
  void lambdasAndMethods() throws Exception {
    assertThat(printed(LambdasAndMethods::main))
        .containsExactly("welcome 42 in en", "welcome 43 in de", "unread: 7");
  }

  @Test
  void liveMessages() throws Exception {
    assertThat(printed(LiveMessages::main))
        .containsExactlyInAnyOrder(
            "producer: docs/a.txt has 17 lines",
            "producer: docs/b.txt has 4 lines",
            "worker: forget the index of docs");
  }

  @Test
  void failureHandlers() throws Exception {
    assertThat(printed(FailureHandlers::main))
        .containsExactly(
            "order test-1 is on hold",
            "failed after 1 attempt",
            "order 2041 is on hold",
            "alert: charge: card of order 2041 was declined",
            "failed after 1 attempt");
  }

  private static List<String> printed(Main example) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      example.run(new String[0]);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
