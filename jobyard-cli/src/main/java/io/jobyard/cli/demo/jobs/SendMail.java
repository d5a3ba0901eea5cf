package io.jobyard.cli.demo.jobs;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.util.Properties;

/**
 * Sends one message by SMTP. It carries the job's id: should a run be repeated after the server
 * took the message, the receiver can tell.
 *
 * @param port of the mail server on this machine
 */
@Kind(value = "send-mail", queue = "mail", timeout = "30s", retries = 3, backoff = "1s, 5s, 10s")
public record SendMail(String name, String email, int port) implements Job {
  /** The header with the job's id. */
  public static final String JOB_HEADER = "X-Job-Id";

  @Override
  public void run(JobContext job) throws MessagingException, UnsupportedEncodingException {
    MimeMessage message = new MimeMessage(Session.getInstance(server()));
    message.setHeader(JOB_HEADER, job.id().toString());
    message.setFrom(new InternetAddress("welcome@example.com"));
    message.setRecipient(RecipientType.TO, new InternetAddress(email, name, "UTF-8"));
    message.setSubject("Welcome, " + name, "UTF-8");
    message.setText("Hello " + name + ",\n\nyour account is ready.\n", "UTF-8");
    Transport.send(message);
  }

  private Properties server() {
    Properties server = new Properties();
    server.setProperty("mail.smtp.host", "127.0.0.1");
    server.setProperty("mail.smtp.port", String.valueOf(port));
    server.setProperty("mail.smtp.localhost", "localhost");
    server.setProperty("mail.smtp.connectiontimeout", "5000");
    server.setProperty("mail.smtp.timeout", "10000");
    server.setProperty("mail.mime.allowutf8", "true");
    return server;
  }
}
