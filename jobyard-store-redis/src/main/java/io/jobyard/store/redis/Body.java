package io.jobyard.store.redis;

import io.jobyard.Backoff;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What never changes of a stored job. Its head is text of fixed width that scripts read: the job's
 * number and the moment it was pushed (both added by the script), id, whether it has an external
 * id, priority, slot, lengths of payload, kind and external id, kind, external id. Scripts pass
 * over the rest; the payload is last.
 *
 * <p>Lua tells long strings apart by a hash of 32 of their bytes, evenly spread. Jobs that differ
 * in little but their ids would have the same one, and scripts would spend most of their time on
 * going through those. So the rest is masked by bytes that follow from the id, and long enough that
 * some of the 32 are in it. The payload stays as it is.
 */
@SuppressWarnings("ArrayRecordComponent")
record Body(
    long seq,
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
  private static final byte[] NOTHING = {};

  /** Of how many of its bytes Lua makes a string's hash. */
  private static final int SAMPLES = 32;

  /** How many of them are to be masked ones. */
  private static final int SEEN = 4;

  private static final int LONGEST_MASK = 256;
  private static final byte[] NO_SLOT = utf8("----------");
  private static final int SEQ = 16;
  private static final int MOMENT = 13;
  private static final int HEAD = 55;

  /** What a script puts before a body. */
  static final int ADDED = SEQ + MOMENT;

  Payload data() {
    return new Payload(payload, codec, codecVersion);
  }

  /** As scripts take it: without number and moment. */
  static byte[] write(NewJob job) {
    byte[] kind = utf8(job.kind());
    byte[] external = job.externalId() == null ? new byte[0] : utf8(job.externalId());
    byte[] payload = job.payload().bytes();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEAD + 80 + payload.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(Ids.bytes(job.id()));
      out.write(job.externalId() == null ? '0' : '1');
      // So that it sorts as text.
      out.write(padded((long) job.priority() - Integer.MIN_VALUE, 10));
      out.write(job.slot() == null ? NO_SLOT : padded(job.slot(), 10));
      out.write(padded(payload.length, 10));
      out.write(padded(kind.length, 4));
      out.write(padded(external.length, 4));
      out.write(kind);
      out.write(external);
      out.writeByte(VERSION);
      int from = bytes.size();
      out.writeBoolean(job.task());
      writeText(out, job.payload().codec());
      out.writeInt(job.payload().version());
      writeText(out, job.parentId() == null ? null : job.parentId().toString());
      writeText(out, job.meta());
      writeText(out, job.uniqueKey());
      writeText(out, job.partitionKey());
      writeSettings(out, job.settings());
      int length = ADDED + bytes.size() + payload.length;
      int masked = Math.min(LONGEST_MASK, SEEN * (length / SAMPLES + 1));
      out.write(new byte[Math.max(0, masked - (bytes.size() - from))]);
      int to = bytes.size();
      out.write(payload);
      byte[] all = bytes.toByteArray();
      mask(all, from, to, job.id());
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Masks bytes, or takes the mask off them. */
  private static void mask(byte[] bytes, int from, int to, UUID id) {
    long seed = Ids.mixed(id, 0);
    long mask = 0;
    for (int i = from; i < to; i++) {
      if ((i - from) % Long.BYTES == 0) {
        seed += 0x9E3779B97F4A7C15L;
        mask = Ids.mixed(seed);
      }
      bytes[i] ^= (byte) mask;
      mask >>>= Byte.SIZE;
    }
  }

  /**
   * Reads what a script gave.
   *
   * @param whole false where the payload was left out
   */
  static Body read(byte[] stored, boolean whole) {
    long seq = number(stored, 0, SEQ);
    Instant pushedAt = Instant.ofEpochMilli(number(stored, SEQ, MOMENT));
    int at = ADDED;
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
    int version = stored[at];
    if (version != VERSION) {
      throw new IllegalStateException(
          "job " + id + " was written by a newer Jobyard (body version " + version + "); update");
    }
    byte[] rest = Arrays.copyOfRange(stored, at + 1, end);
    mask(rest, 0, rest.length, id);
    ByteBuffer in = ByteBuffer.wrap(rest);
    boolean task = in.get() != 0;
    String codec = readText(in);
    int codecVersion = in.getInt();
    String parent = readText(in);
    String meta = readText(in);
    String unused = readText(in);
    unused = readText(in);
    JobSettings settings = readSettings(in);
    return new Body(
        seq,
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
        whole ? Arrays.copyOfRange(stored, end, stored.length) : NOTHING,
        codec == null ? "json" : codec,
        codecVersion);
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

  private static byte[] padded(long number, int width) {
    byte[] digits = new byte[width];
    long left = number;
    for (int i = width - 1; i >= 0; i--) {
      digits[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    return digits;
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

  static @Nullable String readText(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
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

  private static JobSettings readSettings(ByteBuffer in) {
    if (in.get() == 0) {
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
