package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.jobyard.Backoff;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.PushRefused;
import io.jobyard.Task;
import io.jobyard.store.JobSettings;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobCodecTest {
  private final JobCodec codec = new JobCodec();

  record SendWelcome(long userId) implements Job {
    @Override
    public void run(JobContext job) {}

    /** Looks like a property and is none. */
    public boolean isUrgent() {
      return userId == 0;
    }
  }

  record Size(int width, int height) {}

  record Thumbnail(String file, Size size, Instant at, Duration pause, LocalDate day)
      implements Task<List<Size>> {
    @Override
    public List<Size> call(JobContext job) {
      return List.of(size);
    }
  }

  @Kind(
      value = "report",
      queue = "slow",
      timeout = "1m30s",
      retries = 0,
      backoff = "from: 3s, to: 10m")
  record Report(String name) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  record Plain(int a) {}

  record Nothing() {}

  record Generic<T>(T value) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  record HoldsThread(Thread thread) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  record HoldsAnything(Object anything) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  static final class Flush implements Job {
    @Override
    public void run(JobContext job) {}
  }

  static final class Bean implements Job {
    private int count;

    public int getCount() {
      return count;
    }

    public void setCount(int count) {
      this.count = count;
    }

    @Override
    public void run(JobContext job) {}
  }

  /** Jackson would write this as {} and lose the number. */
  static final class Hidden implements Job {
    private final int count;

    Hidden() {
      this(0);
    }

    private Hidden(int count) {
      this.count = count;
    }

    @Override
    public void run(JobContext job) {
      job.log("" + count);
    }
  }

  final class Inner implements Job {
    @Override
    public void run(JobContext job) {
      job.log("" + codec);
    }
  }

  enum Chore implements Job {
    SWEEP;

    @Override
    public void run(JobContext job) {}
  }

  @JsonIgnoreProperties({"cache"})
  record Cached(int id, String cache) {}

  private String json(Object job) {
    return new String(codec.encode(job).payload().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aRecordIsItsComponents() {
    Encoded encoded = codec.encode(new SendWelcome(42));
    assertThat(encoded.kind()).isEqualTo(SendWelcome.class.getName());
    assertThat(json(new SendWelcome(42))).isEqualTo("{\"userId\":42}");
    assertThat(encoded.task()).isFalse();
    assertThat(encoded.value()).isNull();
    assertThat(encoded.queue()).isNull();
    assertThat(encoded.settings()).isEqualTo(JobSettings.NONE);
    assertThat(json(new Plain(7))).isEqualTo("{\"a\":7}");
    assertThat(json(new Nothing())).isEqualTo("{}");
    assertThat(json(new Cached(1, "x"))).isEqualTo("{\"id\":1}");
  }

  @Test
  void aTaskCarriesTheTypeOfItsValueAndTimesAsText() {
    var thumbnail =
        new Thumbnail(
            "a.png",
            new Size(6, 4),
            Instant.parse("2030-01-02T03:04:05.678Z"),
            Duration.ofSeconds(90),
            LocalDate.of(2030, 1, 2));
    assertThat(json(thumbnail))
        .isEqualTo(
            "{\"file\":\"a.png\",\"size\":{\"width\":6,\"height\":4},"
                + "\"at\":\"2030-01-02T03:04:05.678Z\",\"pause\":\"PT1M30S\",\"day\":\"2030-01-02\"}");
    Encoded encoded = codec.encode(thumbnail);
    assertThat(encoded.task()).isTrue();
    assertThat(
            encoded.value().read("[{\"width\":1,\"height\":2}]".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(List.of(new Size(1, 2)));
  }

  @Test
  void theAnnotationDecides() {
    Encoded encoded = codec.encode(new Report("q3"));
    assertThat(encoded.kind()).isEqualTo("report");
    assertThat(encoded.queue()).isEqualTo("slow");
    assertThat(encoded.settings())
        .isEqualTo(
            new JobSettings(
                0,
                Backoff.doubling(Duration.ofSeconds(3), Duration.ofMinutes(10)),
                Duration.ofSeconds(90),
                null));
  }

  @Test
  void refusesAClassThatContradictsItself(@TempDir Path folder) throws Exception {
    Sources sources =
        Sources.in(folder)
            .add(
                "acme.BadTimeout",
                """
                @Kind(timeout = "soon")
                public record BadTimeout() implements Job {
                  public void run(JobContext job) {}
                }
                """)
            .add(
                "acme.Both",
                """
                public record Both() implements Job, Task<String> {
                  public void run(JobContext job) {}
                  public String call(JobContext job) { return ""; }
                  public Verdict failed(JobContext job, Failure failure) { return Verdict.PASS; }
                }
                """)
            .compile();
    try (URLClassLoader loader = sources.loader()) {
      Object bad = loader.loadClass("acme.BadTimeout").getConstructor().newInstance();
      refused(() -> codec.encode(bad), "acme.BadTimeout: @Kind timeout: 'soon' is not a duration");
      Object both = loader.loadClass("acme.Both").getConstructor().newInstance();
      refused(() -> codec.encode(both), "acme.Both is both Job and Task");
    }
  }

  @Test
  void classesWork() {
    assertThat(json(new Flush())).isEqualTo("{}");
    assertThat(json(new Bean())).isEqualTo("{\"count\":0}");
    assertThat(json(Chore.SWEEP)).isEqualTo("\"SWEEP\"");
    record Local(String a) implements Job {
      @Override
      public void run(JobContext job) {}
    }
    assertThat(json(new Local("x"))).isEqualTo("{\"a\":\"x\"}");
  }

  @Test
  void byKind() {
    Encoded encoded = codec.encode("TmpTaskB", Map.of("id", 7));
    assertThat(encoded.kind()).isEqualTo("TmpTaskB");
    assertThat(encoded.payload().bytes()).asString().isEqualTo("{\"id\":7}");
    assertThat(codec.encode("x", null).payload().bytes()).asString().isEqualTo("null");
    refused(() -> codec.encode("a b", 1), "the kind must consist of");
    refused(() -> codec.encode("x", new Object()), "the payload of x cannot be written as JSON");
  }

  @Test
  void refusesWhatCannotBeFoundOrMadeAgain() {
    refused(() -> codec.encode(null), "the job is null");
    Job lambda = job -> {};
    refused(() -> codec.encode(lambda), "a lambda given as Job has no name");
    Task<String> task = job -> "";
    refused(() -> codec.encode(task), "a lambda given as Task has no name");
    refused(
        () ->
            codec.encode(
                new Job() {
                  @Override
                  public void run(JobContext job) {}
                }),
        "anonymous class");
    refused(() -> codec.encode(new Inner()), "belongs to an object around it");
    refused(() -> codec.encode(new Generic<>("x")), "is generic");
    refused(() -> codec.encode("text"), "a java.lang.String is not a job");
    refused(() -> codec.encode(List.of(new SendWelcome(1))), "is not a job");
    refused(() -> codec.encode(new SendWelcome[0]), "is not a job");
  }

  @Test
  void refusesWhatJsonCannotCarry() {
    refused(() -> codec.encode(new HoldsThread(Thread.currentThread())), "HoldsThread");
    refused(() -> codec.encode(new HoldsAnything(new Object())), "HoldsAnything");
    refused(() -> codec.encode(new Hidden(1)), "Hidden has fields, but none that JSON can see");
    Object[] cycle = new Object[1];
    cycle[0] = cycle;
    refused(() -> codec.encode(new HoldsAnything(cycle)), "HoldsAnything cannot be written");
  }

  @Test
  void namesTheLimitOfSize() {
    char[] text = new char[16 * 1024 * 1024 - 14];
    Arrays.fill(text, 'x');
    refused(
        () -> codec.encode(new HoldsAnything(new String(text))),
        "HoldsAnything is 16,777,217 bytes of JSON, at most 16 MiB are allowed");
    String fits = new String(text, 0, text.length - 1);
    assertThat(codec.encode(new HoldsAnything(fits)).payload().bytes()).hasSize(16 * 1024 * 1024);
    refused(() -> codec.encode("k", new String(text) + "xxxxxxxxxxxxxxx"), "at most 16 MiB");
  }

  private static void refused(ThrowingCallable push, String reason) {
    assertThatThrownBy(push).isInstanceOf(PushRefused.class).hasMessageContaining(reason);
  }
}
