package io.jobyard.store.redis;

import io.jobyard.Backoff;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What never changes of a stored job. Its head is text of fixed width that scripts read: the moment
 * it was pushed (added by the script), id, whether it has an external id, priority, slot, lengths
 * of payload, kind and external id, kind, external id. Scripts pass over the rest; the payload is
 * last.
 */
@SuppressWarnings("ArrayRecordComponent")
record Body(
    Instant pushedAt,
    UUID id,
    int priority,
    @Nullable Integer slot,
    String kind,
    @Nullable String externalId,
    boolean task,
    JobSettings settings,
    @Nullable UUID parentId,
    @Nullable String meta,
    byte[] payload,
    String codec,
    int codecVersion) {
  private static final int VERSION = 1;
  private static final String NO_SLOT = "----------";
  private static final int MOMENT = 13;
  private static final int HEAD = 55;

  Payload data() {
    return new Payload(payload, codec, codecVersion);
  }

  /** As scripts take it: without the moment. */
  static byte[] write(NewJob job) {
    byte[] kind = utf8(job.kind());
    byte[] external = job.externalId() == null ? new byte[0] : utf8(job.externalId());
    byte[] payload = job.payload().bytes();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEAD + 80 + payload.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(Ids.bytes(job.id()));
      String head =
          (job.externalId() == null ? "0" : "1")
              + biased(job.priority())
              + (job.slot() == null ? NO_SLOT : padded(job.slot(), 10))
              + padded(payload.length, 10)
              + padded(kind.length, 4)
              + padded(external.length, 4);
      out.write(utf8(head));
      out.write(kind);
      out.write(external);
      out.writeByte(VERSION);
      out.writeBoolean(job.task());
      writeText(out, job.payload().codec());
      out.writeInt(job.payload().version());
      writeText(out, job.parentId() == null ? null : job.parentId().toString());
      writeText(out, job.meta());
      writeText(out, job.uniqueKey());
      writeText(out, job.partitionKey());
      writeSettings(out, job.settings());
      out.write(payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what a script gave.
   *
   * @param whole false where the payload was left out
   */
  static Body read(byte[] stored, boolean whole) {
    Instant pushedAt = Instant.ofEpochMilli(number(stored, 0, MOMENT));
    int at = MOMENT;
    UUID id = Ids.uuid(stored, at);
    boolean external = stored[at + 16] == '1';
    int priority = (int) (number(stored, at + 17, 10) + Integer.MIN_VALUE);
    Integer slot = stored[at + 27] == '-' ? null : (int) number(stored, at + 27, 10);
    int payload = (int) number(stored, at + 37, 10);
    int kindLength = (int) number(stored, at + 47, 4);
    int externalLength = (int) number(stored, at + 51, 4);
    at += HEAD;
    String kind = new String(stored, at, kindLength, StandardCharsets.UTF_8);
    at += kindLength;
    String externalId =
        external ? new String(stored, at, externalLength, StandardCharsets.UTF_8) : null;
    at += externalLength;
    int end = whole ? stored.length - payload : stored.length;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored, at, end - at))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalStateException(
            "job " + id + " was written by a newer Jobyard (body version " + version + "); update");
      }
      boolean task = in.readBoolean();
      String codec = readText(in);
      int codecVersion = in.readInt();
      String parent = readText(in);
      String meta = readText(in);
      String unused = readText(in);
      unused = readText(in);
      JobSettings settings = readSettings(in);
      return new Body(
          pushedAt,
          id,
          priority,
          slot,
          kind,
          externalId,
          task,
          settings,
          parent == null ? null : UUID.fromString(parent),
          meta,
          whole ? Arrays.copyOfRange(stored, end, stored.length) : new byte[0],
          codec == null ? "json" : codec,
          codecVersion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The push that would store such a job at once. */
  static NewJob push(JobView job) {
    return new NewJob(
        job.id(),
        job.externalId(),
        job.queue(),
        job.kind(),
        job.payload(),
        NewJob.Due.NOW,
        job.priority(),
        job.slot(),
        job.task(),
        job.settings(),
        null,
        null,
        job.parentId(),
        job.meta());
  }

  /** So that it sorts as text. */
  private static String biased(int number) {
    return padded((long) number - Integer.MIN_VALUE, 10);
  }

  private static String padded(long number, int width) {
    return String.format(Locale.ROOT, "%0" + width + "d", number);
  }

  private static long number(byte[] bytes, int from, int length) {
    long number = 0;
    for (int i = from; i < from + length; i++) {
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = utf8(text);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static @Nullable String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static void writeSettings(DataOutputStream out, JobSettings settings) throws IOException {
    out.writeBoolean(!settings.isEmpty());
    if (settings.isEmpty()) {
      return;
    }
    writeText(out, settings.retries() == null ? null : settings.retries().toString());
    writeText(out, settings.timeout() == null ? null : settings.timeout().toString());
    writeText(out, settings.retryTimeouts() == null ? null : settings.retryTimeouts().toString());
    writeText(out, settings.backoff() == null ? null : backoff(settings.backoff()));
  }

  private static JobSettings readSettings(DataInputStream in) throws IOException {
    if (!in.readBoolean()) {
      return JobSettings.NONE;
    }
    String retries = readText(in);
    String timeout = readText(in);
    String retryTimeouts = readText(in);
    String backoff = readText(in);
    return new JobSettings(
        retries == null ? null : Integer.valueOf(retries),
        backoff == null ? null : backoff(backoff),
        timeout == null ? null : Duration.parse(timeout),
        retryTimeouts == null ? null : Boolean.valueOf(retryTimeouts));
  }

  private static String backoff(Backoff backoff) {
    return switch (backoff) {
      case Backoff.Steps(List<Duration> delays) ->
          "steps " + String.join(" ", delays.stream().map(Duration::toString).toList());
      case Backoff.Doubling(Duration from, Duration to) -> "doubling " + from + " " + to;
    };
  }

  private static Backoff backoff(String text) {
    List<Duration> delays = new ArrayList<>();
    String[] words = text.split(" ", -1);
    for (int i = 1; i < words.length; i++) {
      delays.add(Duration.parse(words[i]));
    }
    return words[0].equals("steps")
        ? new Backoff.Steps(delays)
        : new Backoff.Doubling(delays.get(0), delays.get(1));
  }
}
