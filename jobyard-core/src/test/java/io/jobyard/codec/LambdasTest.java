package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Call;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.Priority;
import io.jobyard.PushRefused;
import io.jobyard.ValueCall;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LambdasTest {
  private static final String TEAM = "team".toLowerCase(Locale.ROOT);

  private final JobCodec codec = new JobCodec();
  private final Mailer mailer = new Mailer();
  private final long number = 7;

  interface Sender {
    @Kind
    void send(String to);
  }

  static class Mailer implements Sender {
    @Kind
    void welcome(long userId) {}

    @Kind(value = "flush-mail", queue = "mail", retries = 1)
    int flush() {
      return 1;
    }

    @Kind
    void all(
        boolean a, byte b, char c, short d, int e, long f, float g, double h, String i, Long j) {}

    @Kind
    void many(List<Size> sizes, Map<String, Duration> waits, Priority priority) {}

    @Kind
    void read(InputStream stream) {}

    @Kind
    void load(Class<?> type) {}

    @Kind
    void withContext(int number, JobContext job) {}

    @Kind
    static List<Size> sizes(int count) {
      return List.of();
    }

    @Override
    public void send(String to) {}

    void unmarked() {}

    int count() {
      return 1;
    }
  }

  record Size(int width, int height) {}

  @Kind
  void own(long id) {}

  private String call(Call call) {
    return text(codec.encode(call));
  }

  private static String text(Encoded encoded) {
    return encoded.kind() + new String(encoded.payload().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aCallIsItsMethodAndItsArguments() {
    assertThat(call(() -> mailer.welcome(42))).isEqualTo("Mailer@welcome[42]");
    assertThat(call(() -> Mailer.sizes(3))).isEqualTo("Mailer@sizes[3]");
    Mailer other = new Mailer();
    int id = Integer.parseInt("5");
    assertThat(call(() -> other.welcome(id))).isEqualTo("Mailer@welcome[5]");
    assertThat(call(() -> mailer.welcome(number))).isEqualTo("Mailer@welcome[7]");
    assertThat(call(() -> own(3_000_000_000L))).isEqualTo("LambdasTest@own[3000000000]");
    assertThat(call(() -> mailer.send(TEAM))).isEqualTo("Sender@send[\"team\"]");
  }

  @Test
  void aMethodReferenceIsACallWithoutArguments() {
    Encoded flush = codec.encode((Call) mailer::flush);
    assertThat(text(flush)).isEqualTo("flush-mail[]");
    assertThat(flush.queue()).isEqualTo("mail");
    assertThat(flush.settings().retries()).isEqualTo(1);
    assertThat(flush.task()).isFalse();
    assertThat(flush.value()).isNull();
  }

  @Test
  void aCallWithAValueIsATask() {
    ValueCall<List<Size>> sizes = () -> Mailer.sizes(2);
    Encoded encoded = codec.encode(sizes);
    assertThat(encoded.task()).isTrue();
    assertThat(
            encoded.value().read("[{\"width\":1,\"height\":2}]".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(List.of(new Size(1, 2)));
    ValueCall<Integer> boxed = mailer::flush;
    assertThat(codec.encode(boxed).value().read(new byte[] {'4'})).isEqualTo(4);
    ValueCall<Object> widened = () -> mailer.flush();
    assertThat(codec.encode(widened).task()).isTrue();
  }

  @Test
  void takesEveryConstantAndCapturedType() {
    assertThat(
            call(() -> mailer.all(true, (byte) 1, 'x', (short) 300, 70_000, 1L, 2f, 0.5, "s", 9L)))
        .isEqualTo("Mailer@all[true,1,\"x\",300,70000,1,2.0,0.5,\"s\",9]");
    boolean a = Boolean.parseBoolean("true");
    byte b = Byte.parseByte("-1");
    char c = "y".charAt(0);
    short d = Short.parseShort("3");
    Integer e = 4;
    Long j = null;
    assertThat(call(() -> mailer.all(a, b, c, d, e, e, d, e, null, j)))
        .isEqualTo("Mailer@all[true,-1,\"y\",3,4,4,3.0,4.0,null,null]");
    List<Size> sizes = List.of(new Size(1, 2));
    Map<String, Duration> waits = Map.of("a", Duration.ofSeconds(1));
    assertThat(call(() -> mailer.many(sizes, waits, Priority.HIGH)))
        .isEqualTo("Mailer@many[[{\"width\":1,\"height\":2}],{\"a\":\"PT1S\"},\"HIGH\"]");
    assertThat(call(() -> mailer.withContext(1, null))).isEqualTo("Mailer@withContext[1]");
  }

  @Test
  void oneSpotInTheCodeIsPushedAgainWithOtherValues() {
    for (long i = 0; i < 3; i++) {
      long id = i;
      assertThat(call(() -> mailer.welcome(id))).isEqualTo("Mailer@welcome[" + i + "]");
    }
  }

  @Test
  void refusesAnythingThatIsNotExactlyOneCall() {
    long id = Long.parseLong("5");
    refused(
        () -> {
          mailer.welcome(1);
          mailer.flush();
        },
        "makes two calls, Mailer.welcome and Mailer.flush");
    refused(() -> mailer.welcome(mailer.count()), "makes two calls, Mailer.count and");
    refused(() -> mailer.welcome(id + 1), "the lambda computes");
    refused(
        () -> {
          if (id > 3) {
            mailer.welcome(1);
          }
        },
        "has a branch");
    refused(() -> mailer.send("user " + id), "joins strings");
    refused(() -> new Mailer().welcome(1), "creates an object");
    refused(
        () -> {
          long local = id;
          mailer.welcome(local);
        },
        "assigns a variable");
    refused(() -> {}, "makes no call");
    ValueCall<Integer> other =
        () -> {
          mailer.flush();
          return 5;
        };
    assertThatThrownBy(() -> codec.encode(other)).hasMessageContaining("returns something else");
    ValueCall<Integer> more = () -> mailer.flush() + 1;
    assertThatThrownBy(() -> codec.encode(more)).hasMessageContaining("the lambda computes");
    refused(Mailer::new, "a constructor cannot be a job");
    refused(
        () -> {
          throw new IllegalStateException();
        },
        "creates an object");
    refused(() -> mailer.many(null, null, id > 2 ? Priority.LOW : null), "has a branch");
  }

  @Test
  void refusesWhatAWorkerCouldNotCall() {
    refused(() -> mailer.unmarked(), "the lambda calls Mailer.unmarked, which is not marked @Kind");
    refused(mailer::unmarked, "the lambda calls Mailer.unmarked, which is not marked @Kind");
    refused(System::gc, "System.gc, which is not marked @Kind");
    InputStream stream = new ByteArrayInputStream(new byte[0]);
    refused(() -> mailer.read(stream), "Mailer@read");
    refused(() -> mailer.load(String.class), "passes a class");
    Class<?> type = String.class;
    refused(() -> mailer.load(type), "cannot name a class to load");
    Integer nothing = null;
    refused(() -> mailer.welcome(nothing), "passes null as int");
    JobContext context =
        (JobContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JobContext.class},
                (proxy, method, arguments) -> null);
    refused(() -> mailer.withContext(1, context), "give null as the JobContext");
  }

  @Test
  void refusesACallThatIsNoLambda() {
    final class Own implements Call {
      @Override
      public void call() {}
    }
    refused(new Own(), "is not a lambda or method reference");
  }

  private void refused(Call call, String reason) {
    assertThatThrownBy(() -> codec.encode(call))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining(reason);
  }
}
