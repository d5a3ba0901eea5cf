package io.jobyard.deliver;

import io.jobyard.DeliveryFailed;
import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.codec.Kinds;
import io.jobyard.codec.Work;
import io.jobyard.config.Delivery;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The work of a queue whose jobs go out, whatever their kind: a signed POST, whose answer decides
 * what becomes of the job. Safe for use by many threads.
 */
public final class DeliverWork implements Work, Kinds {
  private static final int MOST_RESULT = 1024 * 1024;
  private static final int MOST_SHOWN = 1024;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Delivery delivery;
  private final PinnedClient client;
  private final InstantSource clock;

  public DeliverWork(Delivery delivery, InstantSource clock) {
    this(delivery, InetAddress::getAllByName, null, clock);
  }

  DeliverWork(
      Delivery delivery,
      Target.Resolver resolver,
      @Nullable KeyStore trusted,
      InstantSource clock) {
    this.delivery = delivery;
    this.client = new PinnedClient(new Target(delivery, resolver), trusted);
    this.clock = clock;
  }

  /** Any kind goes out. */
  @Override
  public Work find(String kind) {
    return this;
  }

  @Override
  public Set<String> names() {
    return Set.of();
  }

  @Override
  public JobSettings settings() {
    return JobSettings.NONE;
  }

  @Override
  public boolean handlesFailure() {
    return false;
  }

  @Override
  public byte @Nullable [] run(Payload payload, JobContext job) throws Throwable {
    byte[] body = body(payload, job);
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    long begin = System.nanoTime();
    HttpResponse<Answer> response =
        client.send(
            request ->
                request
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json, */*")
                    .header("User-Agent", "Jobyard")
                    .header("Idempotency-Key", job.id().toString())
                    .header("Jobyard-Job-Id", job.id().toString())
                    .header("Jobyard-Attempt", Integer.toString(job.attempt()))
                    .header("Jobyard-Timestamp", timestamp)
                    .header("Jobyard-Signature", Signature.of(delivery.secret(), timestamp, body))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
            MOST_RESULT);
    int status = response.statusCode();
    job.log("answered %d after %d ms".formatted(status, (System.nanoTime() - begin) / 1_000_000));
    if (status / 100 == 2) {
      return result(response.body(), job);
    }
    putOff(response, job);
    throw new DeliveryFailed(said(response), status);
  }

  @Override
  public Verdict failed(Payload payload, JobContext job, Failure failure) {
    return Verdict.PASS;
  }

  private static byte[] body(Payload payload, JobContext job) {
    var bytes = new ByteArrayOutputStream(256 + payload.bytes().length);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringProperty("id", job.id().toString());
      json.writeStringProperty("queue", job.queue());
      json.writeStringProperty("kind", job.kind());
      json.writeNumberProperty("attempt", job.attempt());
      json.writeBooleanProperty("last_attempt", job.lastAttempt());
      Optional<Instant> deadline = job.deadline();
      if (deadline.isPresent()) {
        json.writeStringProperty("deadline", deadline.get().toString());
      }
      json.writeName("payload");
      json.writeRawValue(new String(payload.bytes(), StandardCharsets.UTF_8));
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /** What the receiver answered, as JSON: text that is none is a string. */
  private static byte @Nullable [] result(Answer answer, JobContext job) {
    if (answer.cut()) {
      job.log("the answer is longer than " + MOST_RESULT + " bytes and was not kept");
      return null;
    }
    if (answer.bytes().length == 0) {
      return null;
    }
    try {
      JSON.readTree(answer.bytes());
      return answer.bytes();
    } catch (JacksonException e) {
      return JSON.writeValueAsBytes(new String(answer.bytes(), StandardCharsets.UTF_8));
    }
  }

  /** Does not return where the receiver has put the job off, and may. */
  private void putOff(HttpResponse<Answer> response, JobContext job) {
    if (response.statusCode() != TOO_MANY && response.statusCode() != UNAVAILABLE) {
      return;
    }
    Instant now = clock.instant();
    Optional<Duration> delay =
        RetryAfter.read(response.headers().firstValue("Retry-After").orElse(null), now);
    if (delay.isPresent() && RetryAfter.bearable(job.id(), delay.get(), delivery.patience(), now)) {
      job.log("put off for " + delay.get().toSeconds() + " s");
      job.release(delay.get());
    }
  }

  private static String said(HttpResponse<Answer> response) {
    byte[] bytes = response.body().bytes();
    String text =
        new String(Arrays.copyOf(bytes, Math.min(MOST_SHOWN, bytes.length)), StandardCharsets.UTF_8)
            .replaceAll("\\p{Cntrl}+", " ")
            .strip();
    String where =
        response.statusCode() / 100 == 3
            ? ", a redirect to '"
                + response.headers().firstValue("Location").orElse("")
                + "', which is not followed"
            : "";
    return "the receiver answered "
        + response.statusCode()
        + where
        + (text.isEmpty() ? "" : ": " + text);
  }
}
