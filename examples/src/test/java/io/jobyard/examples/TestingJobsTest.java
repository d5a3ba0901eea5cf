package io.jobyard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobContext;
import io.jobyard.Jobyard;
import io.jobyard.Task;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How an application tests its jobs: on a store in memory, run inside the test itself. */
class TestingJobsTest {
  /** The job under test. */
  public record Slug(String title) implements Task<String> {
    @Override
    public String call(JobContext job) {
      return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
  }

  @Test
  void aTitleBecomesASlug() throws Exception {
    try (Jobyard yard = Jobyard.open("memory:");
        LocalNode node = yard.work("default")) {
      String slug = yard.push(new Slug("Hello, World 2")).await(Duration.ofSeconds(10));

      assertThat(slug).isEqualTo("hello-world-2");
    }
  }
}
