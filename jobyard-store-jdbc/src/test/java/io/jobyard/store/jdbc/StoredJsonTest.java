package io.jobyard.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.store.JobSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoredJsonTest {
  private static final Failure FAILURE =
      new Failure(
          FailureType.OUT_OF_MEMORY,
          "java.lang.OutOfMemoryError",
          "Java \"heap\" space\n",
          "at x",
          Instant.parse("2026-03-01T10:00:00.123456Z"),
          "app-1",
          4711,
          null);

  @Test
  void failuresHaveTheShapeOfTheCommandLine() {
    assertThat(StoredJson.elements(List.of(FAILURE)))
        .isEqualTo(
            """
            {"type":"out-of-memory","class":"java.lang.OutOfMemoryError",\
            "message":"Java \\"heap\\" space\\n","stack":"at x","at":"2026-03-01T10:00:00.123456Z",\
            "node":"app-1","worker_pid":4711}\
            """);
  }

  @Test
  void failuresReadAsTheyWereWritten() {
    Failure dumped =
        new Failure(
            FailureType.TIMEOUT, "", "too long", "", Instant.EPOCH, "app-1", 0, "\"main\" …");
    List<Failure> failures = List.of(FAILURE, dumped);
    assertThat(StoredJson.failures("[" + StoredJson.elements(failures) + "]")).isEqualTo(failures);
    assertThat(StoredJson.elements(List.of())).isNull();
    assertThat(StoredJson.failures(null)).isEmpty();
  }

  @Test
  void settingsReadAsTheyWereWritten() {
    List<JobSettings> all =
        List.of(
            JobSettings.NONE,
            new JobSettings(0, null, null, null),
            new JobSettings(null, Backoff.fixed(Duration.ofNanos(1)), Duration.ZERO, false),
            new JobSettings(
                5,
                Backoff.doubling(Duration.ofSeconds(3), Duration.ofMinutes(10)),
                Duration.ofSeconds(120),
                true));
    for (JobSettings settings : all) {
      assertThat(StoredJson.settings(StoredJson.settings(settings))).isEqualTo(settings);
    }
    assertThat(StoredJson.settings(JobSettings.NONE)).isNull();
  }

  @Test
  void textsReadAsTheyWereWritten() {
    List<String> texts = List.of("a", "\"b\",", "");
    assertThat(StoredJson.texts("[" + StoredJson.textElements(texts) + "]")).isEqualTo(texts);
    assertThat(StoredJson.texts(StoredJson.array(texts))).isEqualTo(texts);
  }
}
