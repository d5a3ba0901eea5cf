package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.Services;
import io.jobyard.codec.KindEntry.Form;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KindScanTest {
  private static final String RUN = "{ public void run(JobContext job) {} }";
  private static final String MAILER =
      """
      public class Mailer {
        @Kind void welcome(long id, String name) {}
        @Kind("flush-mail") static int flush() { return 1; }
        void unmarked() {}
      }
      """;
  private static final String SEND =
      """
      @Kind(
          value = "send",
          aliases = {"com.acme.OldName", "old"},
          queue = "mail",
          timeout = "2s",
          retries = 4,
          backoff = "1s, 2s")
      public record Send(int id) implements Job\
      """
          + RUN;

  @TempDir Path folder;
  private Sources sources;

  @BeforeEach
  void open() {
    sources = Sources.in(folder);
  }

  @Test
  void findsJobsTasksHandlersAndMethodsAndNothingElse() throws IOException {
    KindIndex index =
        sources
            .add("acme.Send", SEND)
            .add("acme.Mailer", MAILER)
            .add("acme.Base", "abstract class Base implements Task<String> {}")
            .add(
                "acme.Derived",
                "class Derived extends Base { public String call(JobContext job) { return null; } }")
            .add("acme.Special", "interface Special extends Job {}")
            .add("acme.Narrow", "record Narrow() implements Special " + RUN)
            .add("acme.Args", "record Args(int a) {}")
            .add("acme.ArgsHandler", handler("ArgsHandler implements Handler<Args>", "Args"))
            .add("acme.Named", "@Kind(\"named\") record Named(int a) { record Part(int b) {} }")
            .add(
                "acme.Outer",
                "class Outer { abstract static class Audited<X, A> implements Handler<A> {} }")
            .add(
                "acme.NamedHandler",
                handler("NamedHandler extends Outer.Audited<String, Named>", "Named"))
            .add(
                "acme.PartHandler",
                handler("PartHandler extends Outer.Audited<Args, Named.Part>", "Named.Part"))
            .add("acme.Further", "record Further(int c) {}")
            .add(
                "acme.NamedParent",
                "abstract " + handler("NamedParent implements Handler<Further>", "Further"))
            .add("acme.FurtherHandler", "class FurtherHandler extends NamedParent {}")
            .add("acme.Decorator", handler("Decorator<A> implements Handler<A>", "A"))
            .compile()
            .scan();
    assertThat(index.entries())
        .extracting(entry -> entry.form() + " " + entry.kind() + " " + entry.member())
        .containsExactlyInAnyOrder(
            "JOB send ",
            "TASK acme.Derived ",
            "JOB acme.Narrow ",
            "HANDLER acme.Args acme.ArgsHandler",
            "HANDLER named acme.NamedHandler",
            "HANDLER acme.Named$Part acme.PartHandler",
            "HANDLER acme.Further acme.FurtherHandler",
            "METHOD Mailer@welcome welcome(JLjava/lang/String;)V",
            "METHOD flush-mail flush()I");
  }

  @Test
  void understandsEveryName() throws IOException {
    KindIndex index = sources.add("acme.Send", SEND).add("acme.Mailer", MAILER).compile().scan();
    assertThat(index.byName())
        .containsOnlyKeys(
            "send",
            "com.acme.OldName",
            "old",
            "acme.Send",
            "Send",
            "Mailer@welcome",
            "acme.Mailer@welcome",
            "flush-mail",
            "acme.Mailer@flush",
            "Mailer@flush");
  }

  @Test
  void readsTheAnnotation() throws IOException {
    KindEntry send = sources.add("acme.Send", SEND).compile().scan().byName().get("send");
    assertThat(send.form()).isEqualTo(Form.JOB);
    assertThat(send.options())
        .isEqualTo(
            new KindOptions("send", List.of("com.acme.OldName", "old"), "mail", "2s", 4, "1s, 2s"));
    assertThat(send.options().settings().timeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aSimpleNameThatTwoHaveNeedsTheFullOne() throws IOException {
    KindIndex index =
        sources
            .add("acme.Send", SEND)
            .add("other.Send", "public record Send() implements Job " + RUN)
            .compile()
            .scan();
    assertThat(index.byName()).doesNotContainKey("Send").containsKey("other.Send");
    Kinds kinds = index.bind(getClass().getClassLoader(), new Services());
    assertThatThrownBy(() -> kinds.find("Send"))
        .isInstanceOf(UnknownKind.class)
        .hasMessage(
            "'Send' may be any of [class other.Send, class acme.Send]; push it under its full"
                + " name");
  }

  @Test
  void twoOfOneNameAreAnErrorThatNamesBoth() throws IOException {
    sources
        .add("acme.Send", SEND)
        .add("acme.Same", "@Kind(\"send\") record Same() implements Job " + RUN)
        .compile();
    assertThatThrownBy(sources::scan)
        .isInstanceOf(JobyardException.class)
        .hasMessage(
            "two jobs are called 'send': class acme.Same and class acme.Send; give one of them"
                + " another name with @Kind");
  }

  @Test
  void twoHandlersOfOneRecordToo() throws IOException {
    sources
        .add("acme.Args", "record Args(int a) {}")
        .add("acme.One", handler("One implements Handler<Args>", "Args"))
        .add("acme.Two", handler("Two implements Handler<Args>", "Args"))
        .compile();
    assertThatThrownBy(sources::scan)
        .hasMessageContaining("acme.Args with handler acme.One")
        .hasMessageContaining("acme.Args with handler acme.Two");
  }

  @Test
  void twoMethodsOfOneNameToo() throws IOException {
    sources.add("acme.Mailer", MAILER).add("other.Mailer", MAILER.replace("flush-", "x")).compile();
    assertThatThrownBy(sources::scan)
        .hasMessageContaining("two jobs are called 'Mailer@welcome'")
        .hasMessageContaining("method acme.Mailer.welcome")
        .hasMessageContaining("method other.Mailer.welcome");
  }

  @Test
  void nonsenseInAnAnnotationIsAnErrorThatNamesTheClass() throws IOException {
    sources.add("acme.X", "@Kind(retries = -5) record X() implements Job " + RUN).compile();
    assertThatThrownBy(sources::scan)
        .isInstanceOf(JobyardException.class)
        .hasMessage("class acme.X: @Kind retries must be at least 0, got -5");
  }

  @Test
  void theIndexSurvivesJson() throws IOException {
    KindIndex index = sources.add("acme.Send", SEND).add("acme.Mailer", MAILER).compile().scan();
    KindIndex read = KindIndex.fromJson(index.toJson());
    assertThat(read.entries()).isEqualTo(index.entries());
    assertThat(read.size()).isEqualTo(3);
    assertThatThrownBy(() -> KindIndex.fromJson("[{".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("the index of kinds cannot be read");
  }

  @Test
  void scansAClassLoader() {
    assertThat(KindScan.of(getClass().getClassLoader()).byName())
        .containsKey(JobCodecTest.SendWelcome.class.getName());
  }

  @Test
  void anEmptyOrMissingFolderHasNoKinds() {
    assertThat(KindScan.of(List.of(folder, folder.resolve("nowhere"))).size()).isZero();
  }

  private static String handler(String head, String arguments) {
    return "class "
        + head
        + " { public void handle("
        + arguments
        + " arguments, JobContext job) {} }";
  }
}
