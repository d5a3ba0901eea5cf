package io.jobyard.cli.demo;

import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.jobyard.JobyardException;
import io.jobyard.cli.demo.jobs.SendMail;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A mail server on a free port of this machine that counts what arrives, by the job that sent it,
 * and keeps nothing else. Safe for use by many threads; stopping twice is harmless.
 */
final class MailSink implements AutoCloseable {
  /** Stands for a message that does not say which job sent it. */
  private static final String UNKNOWN = "unknown";

  private final GreenMail server;
  private final Map<String, Integer> arrivals = new ConcurrentHashMap<>();

  MailSink() {
    ServerSetup setup = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    server = new PromptMail(setup);
    server
        .getUserManager()
        .setMessageDeliveryHandler((message, address) -> new Counted(address.getEmail()));
    try {
      server.start();
    } catch (RuntimeException e) {
      throw new JobyardException("the demo's mail server cannot start: " + e.getMessage(), e);
    }
  }

  int port() {
    return server.getSmtp().getPort();
  }

  /** How many messages each job sent; a job that sent none is left out. */
  Map<String, Integer> arrivals() {
    return Map.copyOf(arrivals);
  }

  @Override
  public void close() {
    server.stop();
  }

  private void count(MimeMessage message) {
    arrivals.merge(sender(message), 1, Integer::sum);
  }

  private static String sender(MimeMessage message) {
    try {
      String id = message.getHeader(SendMail.JOB_HEADER, null);
      return id == null ? UNKNOWN : id;
    } catch (MessagingException e) {
      return UNKNOWN;
    }
  }

  /** The mailbox of a message, which is counted and gone. */
  private final class Counted implements GreenMailUser {
    private final String email;

    Counted(String email) {
      this.email = email;
    }

    @Override
    public void deliver(MovingMessage arrived) {
      count(arrived.getMessage());
    }

    @Override
    public void deliver(MimeMessage arrived) {
      count(arrived);
    }

    @Override
    public String getEmail() {
      return email;
    }

    @Override
    public String getLogin() {
      return email;
    }

    @Override
    public @Nullable String getPassword() {
      return null;
    }

    @Override
    public String getQualifiedMailboxName() {
      return email;
    }

    @Override
    public void create() {}

    @Override
    public void delete() {}

    @Override
    public void setPassword(String password) {}

    @Override
    public void authenticate(String password) {}
  }
}
