package io.jobyard.store.redis;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Errors as they are stored, each on its own; the scripts only keep them in order. */
final class History {
  private History() {}

  static byte[] write(Failure failure) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      Body.writeText(out, failure.type().word());
      Body.writeText(out, failure.className());
      Body.writeText(out, failure.message());
      Body.writeText(out, failure.stack());
      Body.writeText(out, failure.at().toString());
      Body.writeText(out, failure.node());
      out.writeLong(failure.workerPid());
      Body.writeText(out, failure.threadDump());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static List<Failure> read(List<Object> stored) {
    return stored.stream().map(entry -> read(Replies.bytes(entry))).toList();
  }

  private static Failure read(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    // The version, so far the only one.
    in.get();
    return new Failure(
        FailureType.of(text(in)),
        text(in),
        text(in),
        text(in),
        Instant.parse(text(in)),
        text(in),
        in.getLong(),
        Body.readText(in));
  }

  private static String text(ByteBuffer in) {
    return Objects.requireNonNullElse(Body.readText(in), "");
  }
}
