package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Call;
import io.jobyard.JobContext;
import io.jobyard.PushRefused;
import io.jobyard.RunRefused;
import io.jobyard.Services;
import io.jobyard.ValueCall;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.Payload;
import java.lang.reflect.Proxy;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Producer and worker are different projects: the worker has no class of the producer's. */
class ShippedCodeTest {
  private static final ShippingKey KEY = new ShippingKey("a key of producers and workers");

  @TempDir private static Path folder;
  private static ClassLoader producer;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final JobCodec codec = new JobCodec(KEY);
  private Kinds worker;

  private final JobContext context =
      (JobContext)
          Proxy.newProxyInstance(
              JobContext.class.getClassLoader(),
              new Class<?>[] {JobContext.class},
              (proxy, method, arguments) -> log.add((String) arguments[0]));

  @BeforeAll
  static void compile() throws Exception {
    Sources sources =
        Sources.in(folder)
            .add(
                "acme.Report",
                """
                public record Report(int pages, Style style) implements Job {
                  public enum Style { PLAIN, RICH }
                  static class Printer {
                    String print(Report report) {
                      return report.pages() + " pages, " + report.style();
                    }
                  }
                  public void run(JobContext job) {
                    Runnable print = () -> job.log(new Printer().print(this));
                    print.run();
                  }
                  public Verdict failed(JobContext job, Failure failure) {
                    job.log("handled");
                    return Verdict.HANDLED;
                  }
                }
                """)
            .add(
                "acme.Sum",
                """
                @Kind("sum")
                public record Sum(int a, int b) implements Task<Integer> {
                  public Integer call(JobContext job) { return a + b; }
                }
                """)
            .add(
                "acme.App",
                """
                public class App {
                  record Point(int x, int y) {}
                  static int twice(int n) { return 2 * n; }
                  public static ValueCall<Integer> compute(int n) {
                    Point point = new Point(n, 3);
                    return () -> {
                      int sum = 0;
                      for (int i = 0; i < point.x(); i++) sum += twice(point.y());
                      return sum;
                    };
                  }
                  public Call ofAnObject() { return () -> System.out.println(this + "!"); }
                  public static Call capturing(Object what) {
                    return () -> System.out.println("got " + what);
                  }
                  public static Call failing() {
                    return () -> { if (true) throw new java.io.IOException("no luck"); };
                  }
                }
                """)
            .compile();
    producer = sources.loader();
  }

  @BeforeEach
  void bind() throws Exception {
    worker = worker(KEY);
  }

  private Kinds worker(ShippingKey key) throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Kinds own = KindScan.of(List.of(empty)).bind(getClass().getClassLoader(), new Services());
    return new ShippedKinds(own, getClass().getClassLoader(), key);
  }

  private Encoded job(String name, String json) throws Exception {
    Class<?> type = producer.loadClass(name);
    return codec.encode(Json.mapper().readValue(json, type));
  }

  private static Object app(String method, Object... arguments) throws Exception {
    Class<?> app = producer.loadClass("acme.App");
    for (var each : app.getMethods()) {
      if (each.getName().equals(method)) {
        Object target = method.equals("ofAnObject") ? app.getConstructor().newInstance() : null;
        return each.invoke(target, arguments);
      }
    }
    throw new AssertionError(method);
  }

  private byte[] run(Encoded job) throws Throwable {
    return worker.find(job.kind(), job.payload()).run(job.payload(), context);
  }

  @Test
  void aJobClassBringsItsNestedClasses() throws Throwable {
    Encoded job = job("acme.Report", "{\"pages\":7,\"style\":\"RICH\"}");

    assertThat(run(job)).isNull();
    assertThat(log).containsExactly("7 pages, RICH");
    assertThat(worker.find(job.kind(), job.payload()).handlesFailure()).isTrue();
  }

  @Test
  void aTaskReturnsItsValueUnderItsKind() throws Throwable {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");

    assertThat(job.kind()).isEqualTo("sum");
    assertThat(new String(run(job), StandardCharsets.UTF_8)).isEqualTo("42");
  }

  @Test
  void aLambdaOfManyStepsTravels() throws Throwable {
    Encoded job = codec.encode((ValueCall<?>) app("compute", 5));

    assertThat(job.kind()).startsWith("acme.App.lambda$compute$");
    assertThat(new String(run(job), StandardCharsets.UTF_8)).isEqualTo("30");
    assertThat(job.value().read(run(job))).isEqualTo(30);
  }

  @Test
  void whatTheLambdaThrowsIsThrown() throws Exception {
    Encoded job = codec.encode((Call) app("failing"));

    assertThatThrownBy(() -> run(job))
        .isInstanceOf(java.io.IOException.class)
        .hasMessage("no luck");
  }

  @Test
  void theArgumentsCanBeReadInThePayload() throws Exception {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");

    assertThat(new String(job.payload().bytes(), StandardCharsets.UTF_8))
        .startsWith("{\"args\":{\"a\":40,\"b\":2},");
  }

  @Test
  void aLambdaThatCannotTravelIsRefusedAtThePush() {
    assertThatThrownBy(() -> codec.encode((Call) app("ofAnObject")))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("needs the object around it");
    assertThatThrownBy(() -> codec.encode((Call) app("capturing", new Object())))
        .isInstanceOf(PushRefused.class);
    assertThatThrownBy(() -> codec.encode((Call) app("capturing", new StringBuilder("x"))))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("does not come back from its JSON as it was");
  }

  @Test
  void withoutAKeyALambdaIsRefusedAsEver() {
    assertThatThrownBy(() -> new JobCodec().encode((Call) app("failing")))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("push exactly one call");
  }

  @Test
  void anotherKeysSignatureIsRefused() throws Exception {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");
    Kinds other = worker(new ShippingKey("quite another key of theirs"));

    assertThatThrownBy(() -> other.find(job.kind(), job.payload()))
        .isInstanceOf(RunRefused.class)
        .hasMessageContaining("job sum brought code whose signature is not that of this node's");
  }

  @Test
  void anyChangeOfWhatWasSignedIsRefused() throws Exception {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");
    String json = new String(job.payload().bytes(), StandardCharsets.UTF_8);
    List<String> forged =
        new ArrayList<>(
            List.of(
                json.replace("\"a\":40", "\"a\":41"),
                json.replace(
                    "\"call\":null",
                    "\"call\":{\"owner\":\"x\",\"name\":\"y\",\"descriptor\":\"()V\"}"),
                json.replace("acme.Sum\":", "acme.Sun\":"),
                json.replaceFirst("\"signature\":\"[^\"]*\"", "\"signature\":\"\""),
                json.replaceFirst(",\"signature\":\"[^\"]*\"", ""),
                json.replaceFirst("\"classes\":\\{[^}]*}", "\"classes\":null"),
                json.replaceFirst("(\"acme.Sum\":)\"[^\"]*\"", "$1null"),
                "{}"));
    forged.add(json.replaceFirst("(\"acme.Sum\":\".{40}).", "$1!").replace("!", "A"));

    for (String text : forged) {
      assertThat(text).isNotEqualTo(json);
      var payload = new Payload(text.getBytes(StandardCharsets.UTF_8), "shipped", 1);
      assertThatThrownBy(() -> worker.find("sum", payload)).isInstanceOf(RunRefused.class);
    }
    assertThatThrownBy(() -> worker.find("another kind", job.payload()))
        .isInstanceOf(RunRefused.class);
  }

  @Test
  void aFormatterMayTouchTheJson() throws Throwable {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");
    String spaced =
        new String(job.payload().bytes(), StandardCharsets.UTF_8)
            .replace("\"a\":40,", "\"a\" : 40 ,\n ");
    var payload = new Payload(spaced.getBytes(StandardCharsets.UTF_8), "shipped", 1);

    assertThat(worker.find("sum", payload).run(payload, context)).asString().isEqualTo("42");
  }

  @Test
  void aNodeWithoutTheKeySaysSo() throws Exception {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");
    Kinds none = worker(null);

    assertThatThrownBy(() -> none.find(job.kind(), job.payload()))
        .isInstanceOf(UnknownKind.class)
        .hasMessageContaining("its code came along, but shipped-code is not enabled on this node");
  }

  @Test
  void aKindThatTheWorkerHasRunsAsItIsThere() throws Throwable {
    Encoded job = job("acme.Sum", "{\"a\":40,\"b\":2}");
    Sources mine =
        Sources.in(Files.createDirectories(folder.resolve("sums")))
            .add(
                "acme.Sum",
                """
                @Kind("sum")
                public record Sum(int a, int b) implements Task<Integer> {
                  public Integer call(JobContext job) { return a * b; }
                }
                """)
            .compile();
    try (URLClassLoader loader = mine.loader()) {
      Kinds kinds = new ShippedKinds(mine.scan().bind(loader, new Services()), loader, null);

      assertThat(kinds.find("sum", job.payload()).run(job.payload(), context))
          .asString()
          .isEqualTo("80");
    }
  }

  @Test
  void theSameCodeIsLoadedOnce() throws Exception {
    Encoded one = job("acme.Report", "{\"pages\":1,\"style\":\"RICH\"}");
    Encoded two = job("acme.Report", "{\"pages\":2,\"style\":\"PLAIN\"}");

    assertThat(worker.find(one.kind(), one.payload()))
        .isEqualTo(worker.find(two.kind(), two.payload()));
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(KEY.toString()).doesNotContain("producers");
  }
}
