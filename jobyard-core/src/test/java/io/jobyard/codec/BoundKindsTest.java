package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobContext;
import io.jobyard.JobyardException;
import io.jobyard.Services;
import io.jobyard.Verdict;
import io.jobyard.store.Payload;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundKindsTest {
  private static final Failure FAILURE =
      new Failure(FailureType.EXCEPTION, "", "", "", Instant.EPOCH, "n", 1, null);

  @TempDir static Path folder;
  private static KindIndex index;
  private static URLClassLoader loader;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Services services = new Services();
  private final Kinds kinds = index.bind(loader, services);
  private final JobContext context =
      (JobContext)
          Proxy.newProxyInstance(
              JobContext.class.getClassLoader(),
              new Class<?>[] {JobContext.class},
              (proxy, method, arguments) -> log.add((String) arguments[0]));

  @BeforeAll
  static void compile() throws IOException {
    Sources sources =
        Sources.in(folder)
            .add(
                "acme.Send",
                """
                @Kind(retries = 7)
                public record Send(long userId, String name, List<Integer> parts) implements Job {
                  public Send {
                    if (userId < 0) throw new IllegalArgumentException("userId must not be negative");
                  }
                  public void run(JobContext job) throws Exception {
                    if (userId == 13) throw new java.io.IOException("no luck");
                    job.log("sent " + userId + " " + name + " " + parts);
                  }
                }
                """)
            .add(
                "acme.Count",
                """
                record Count(int to) implements Task<Object> {
                  record Pair(int from, java.time.Duration d) {}
                  public Object call(JobContext job) {
                    return switch (to) {
                      case 0 -> null;
                      case 1 -> new Object();
                      case 2 -> "x".repeat(17 * 1024 * 1024);
                      default -> List.of(new Pair(to, java.time.Duration.ofSeconds(to)));
                    };
                  }
                  @Override public Verdict failed(JobContext job, Failure failure) {
                    job.log("failed " + to);
                    return Verdict.HANDLED;
                  }
                }
                """)
            .add("acme.Args", "public record Args(int a) {}")
            .add(
                "acme.ArgsHandler",
                """
                class ArgsHandler implements Handler<Args> {
                  private final String greeting;
                  ArgsHandler() { this("hello"); }
                  private ArgsHandler(String greeting) { this.greeting = greeting; }
                  public static ArgsHandler saying(String greeting) { return new ArgsHandler(greeting); }
                  public void handle(Args args, JobContext job) { job.log(greeting + " " + args.a()); }
                  @Override public Verdict failed(Args args, JobContext job, Failure failure) {
                    return Verdict.HANDLED;
                  }
                }
                """)
            .add(
                "acme.Mailer",
                """
                public class Mailer {
                  @Kind void welcome(long id, String name, JobContext job) { job.log(id + name); }
                  @Kind static int add(int a, int b) { return a + b; }
                  @Kind void flush() throws java.io.IOException { throw new java.io.IOException("full"); }
                  void unmarked() {}
                }
                """)
            .add("acme.NeedsService", "public interface NeedsService { @Kind void go(); }")
            .add(
                "acme.Loads",
                "record Loads(Class<?> type) implements Job { public void run(JobContext job) {} }")
            .add(
                "acme.Any",
                """
                record Any(Object value) implements Job {
                  public void run(JobContext job) {
                    job.log(value == null ? "null" : value.getClass().getName());
                  }
                }
                """)
            .add(
                "acme.Plain",
                "public class Plain { static { System.setProperty(\"acme.plain\", \"loaded\"); } }")
            .add("acme.Almost", "public class Almost { public void run(JobContext job) {} }")
            .add("acme.Abstract", "public abstract class Abstract implements Job {}")
            .add(
                "acme.Flush",
                "public class Flush implements Job { public void run(JobContext j) { j.log(\"flushed\"); } }")
            .compile();
    index = KindIndex.fromJson(sources.scan().toJson());
    loader = sources.loader();
  }

  @AfterAll
  static void close() throws IOException {
    loader.close();
  }

  private byte[] run(String kind, String json) throws Throwable {
    return kinds.find(kind).run(payload(json), context);
  }

  private static Payload payload(String json) {
    return Payload.json(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void runsAJobByAnyOfItsNames() throws Throwable {
    assertThat(run("acme.Send", "{\"userId\":1,\"name\":\"ann\",\"parts\":[1,2]}")).isNull();
    assertThat(run("Send", "{\"userId\":2,\"name\":null,\"parts\":null}")).isNull();
    assertThat(log).containsExactly("sent 1 ann [1, 2]", "sent 2 null null");
    assertThat(kinds.find("Send")).isSameAs(kinds.find("acme.Send"));
    assertThat(kinds.find("Send").settings().retries()).isEqualTo(7);
    assertThat(kinds.find("Send").handlesFailure()).isFalse();
    assertThatThrownBy(() -> run("Send", "{\"userId\":13}"))
        .isInstanceOf(IOException.class)
        .hasMessage("no luck");
    run("Flush", "null");
    run("Flush", "{}");
    assertThat(log).endsWith("flushed", "flushed");
  }

  @Test
  void runsATaskAndWritesItsValue() throws Throwable {
    assertThat(run("Count", "{\"to\":5}")).asString().isEqualTo("[{\"from\":5,\"d\":\"PT5S\"}]");
    assertThat(run("Count", "{\"to\":0}")).asString().isEqualTo("null");
    assertThatThrownBy(() -> run("Count", "{\"to\":1}"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("the value of Count cannot be written as JSON");
    assertThatThrownBy(() -> run("Count", "{\"to\":2}"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("the value of Count is 17,825,794 bytes of JSON, at most 16 MiB");
    Work count = kinds.find("Count");
    assertThat(count.handlesFailure()).isTrue();
    assertThat(count.failed(payload("{\"to\":5}"), context, FAILURE)).isEqualTo(Verdict.HANDLED);
    assertThat(log).containsExactly("failed 5");
  }

  @Test
  void runsAHandlerThatIsAServiceOrMadeAnew() throws Throwable {
    run("Args", "{\"a\":1}");
    assertThat(kinds.find("Args").handlesFailure()).isTrue();
    Class<?> type = loader.loadClass("acme.ArgsHandler");
    put(type, invokeStatic(type, "saying", "moin"));
    index.bind(loader, services).find("Args").run(payload("{\"a\":2}"), context);
    assertThat(log).containsExactly("hello 1", "moin 2");
  }

  @Test
  void runsAMethod() throws Throwable {
    assertThat(run("Mailer@welcome", "[7,\"ann\"]")).isNull();
    assertThat(log).containsExactly("7ann");
    assertThat(run("acme.Mailer@add", "[1,2]")).asString().isEqualTo("3");
    assertThat(kinds.find("Mailer@add").handlesFailure()).isFalse();
    assertThatThrownBy(() -> run("Mailer@flush", "[]"))
        .isInstanceOf(IOException.class)
        .hasMessage("full");
    assertThatThrownBy(() -> run("Mailer@flush", "null")).hasMessage("full");
    assertThatThrownBy(() -> run("NeedsService@go", "[]"))
        .isInstanceOf(JobyardException.class)
        .hasMessage(
            "there is no acme.NeedsService to run with: register one in on-start with"
                + " services.put(NeedsService.class, …), or give it a public constructor without"
                + " parameters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Send | {"userid":1}                   | payload of Send: field 'userid' is not one of [name, parts, userId]
          Send | {"name":"x"}                   | payload of Send: field 'userId' is missing
          Send | {"userId":null}                | payload of Send: field 'userId': Cannot map `null` into type `long`
          Send | {"userId":"7"}                 | payload of Send: field 'userId': Cannot coerce String value
          Send | {"userId":1.5}                 | payload of Send: field 'userId': Cannot coerce Floating-point value
          Send | {"userId":99999999999999999999} | payload of Send: field 'userId': Numeric value
          Send | {"userId":1,"parts":[1,{}]}    | payload of Send: field 'parts[1]'
          Send | {"userId":1,"userId":2}        | Duplicate Object property "userId"
          Send | {"userId":-1}                  | userId must not be negative
          Send | {"userId":1} x                 | payload of Send: it is not valid JSON
          Send | {"userId":1                    | payload of Send: it is not valid JSON
          Send | ``                             | payload of Send
          Send | [1]                            | payload of Send
          Send | {"@type":"acme.Plain","userId":1} | field '@type' is not one of
          Send | {"@class":"acme.Plain","userId":1} | field '@class' is not one of
          Loads | {"type":"acme.Plain"}         | payload of Loads: field 'type': a payload cannot name a class to load
          Mailer@add | [1]                      | payload of Mailer@add has 1 arguments, it takes 2
          Mailer@add | [1,2,3]                  | payload of Mailer@add has more than the 2 arguments it takes
          Mailer@add | [1,null]                 | payload of Mailer@add: argument 2: Cannot map `null`
          Mailer@add | [1,"2"]                  | payload of Mailer@add: argument 2: Cannot coerce String value
          Mailer@add | {"a":1}                  | payload of Mailer@add is not a JSON array of its arguments
          Mailer@add | [1,2] 3                  | payload of Mailer@add goes on after its JSON
          """)
  void saysWhatDoesNotFit(String kind, String json, String why) {
    assertThatThrownBy(() -> run(kind, json))
        .isInstanceOf(PayloadMismatch.class)
        .hasMessageContaining(why)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("\n");
    assertThat(System.getProperty("acme.plain")).isNull();
  }

  @Test
  void hostilePayloadsAreMismatchesAndNeverMore() throws Throwable {
    assertMismatch("Any", "{\"value\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    assertMismatch("Any", "{\"value\":" + "9".repeat(100_000) + "}");
    assertMismatch("Any", "{\"value\":\"\\ud800\u0001\"}");
    byte[] latin = "{\"value\":\"gr\u00fc\u00dfe\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> kinds.find("Any").run(Payload.json(latin), context))
        .isInstanceOf(PayloadMismatch.class);
    assertThatThrownBy(() -> kinds.find("Any").run(new Payload(new byte[0], "java", 3), context))
        .isInstanceOf(PayloadMismatch.class)
        .hasMessageContaining("written as java 3");
    run("Any", "{\"value\":[\"acme.Plain\",{\"@class\":\"acme.Plain\"}]}");
    assertThat(log).containsExactly("java.util.ArrayList");
    assertThat(System.getProperty("acme.plain")).isNull();
  }

  private void assertMismatch(String kind, String json) {
    assertThatThrownBy(() -> run(kind, json)).isInstanceOf(PayloadMismatch.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          acme.Plain       | class acme.Plain exists here but is not a job: it has no run(JobContext)
          acme.Almost      | class acme.Almost has a method run(JobContext) but does not say that it implements Job
          acme.Abstract    | class acme.Abstract exists here but is abstract
          Mailer@unmarked  | method unmarked of class acme.Mailer is not marked @Kind
          acme.Mailer@none | class acme.Mailer has no method none
          java.lang.Runtime@exec | method exec of class java.lang.Runtime is not marked @Kind
          Nobody           | no job is registered as 'Nobody' here; known are: Mailer@add, Mailer@flush
          ../../etc/passwd | no job is registered as '../../etc/passwd' here
          """)
  void saysWhyAKindIsUnknownWithoutLoadingAClass(String kind, String why) {
    assertThatThrownBy(() -> kinds.find(kind))
        .isInstanceOf(UnknownKind.class)
        .hasMessageContaining(why);
    assertThat(System.getProperty("acme.plain")).isNull();
  }

  @Test
  void aClassThatIsGoneIsUnknown() {
    Kinds without = index.bind(ClassLoader.getPlatformClassLoader(), services);
    assertThatThrownBy(() -> without.find("Send"))
        .isInstanceOf(UnknownKind.class)
        .hasMessageContaining("kind 'Send' is class acme.Send, which cannot be loaded");
  }

  @SuppressWarnings("unchecked")
  private void put(Class<?> type, Object service) {
    services.put((Class<Object>) type, service);
  }

  private static Object invokeStatic(Class<?> type, String name, String argument)
      throws ReflectiveOperationException {
    var method = type.getMethod(name, String.class);
    method.setAccessible(true);
    return method.invoke(null, argument);
  }
}
