package io.jobyard.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.cli.demo.jobs.SendMail;
import jakarta.mail.MessagingException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MailSinkTest {
  @Test
  void countsWhatArrivesByTheJobThatSentIt() throws Exception {
    try (MailSink sink = new MailSink()) {
      NoContext first = new NoContext();
      NoContext again = new NoContext();

      new SendMail("Smith, \"Jon\"", "jon@example.org", sink.port()).run(first);
      new SendMail("山田 太郎", "yamada@example.org", sink.port()).run(again);
      new SendMail("山田 太郎", "yamada@example.org", sink.port()).run(again);

      assertThat(sink.arrivals())
          .isEqualTo(Map.of(first.id().toString(), 1, again.id().toString(), 2));
    }
  }

  @Test
  void anAddressBeyondAsciiArrives() throws Exception {
    try (MailSink sink = new MailSink()) {
      NoContext job = new NoContext();
      new SendMail("Jürgen", "jürgen@example.org", sink.port()).run(job);
      assertThat(sink.arrivals()).containsOnlyKeys(job.id().toString());
    }
  }

  @Test
  void answersAtOnce() throws Exception {
    try (MailSink sink = new MailSink()) {
      NoContext job = new NoContext();
      SendMail mail = new SendMail("Ann", "ann@example.org", sink.port());
      mail.run(job);

      long began = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        mail.run(job);
      }
      long each = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 10;

      // With delayed acknowledgements it takes more than 200 ms.
      assertThat(each).isLessThan(100);
    }
  }

  @Test
  void sendingFailsOnceItIsClosed() {
    MailSink sink = new MailSink();
    int port = sink.port();
    sink.close();
    sink.close();

    assertThatThrownBy(() -> new SendMail("Ann", "ann@example.org", port).run(new NoContext()))
        .isInstanceOf(MessagingException.class);
  }
}
