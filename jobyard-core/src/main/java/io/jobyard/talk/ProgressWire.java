package io.jobyard.talk;

import io.jobyard.Progress;
import io.jobyard.store.Signal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How progress is written and read. */
final class ProgressWire {
  private ProgressWire() {}

  static Signal write(UUID job, Progress progress) {
    byte[] note = progress.note().getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(16 + note.length);
    body.putLong(progress.done()).putLong(progress.total()).put(note);
    return new Signal(Topics.progress(job), body.array());
  }

  /** Null if it is none. */
  static @Nullable Progress read(Signal signal) {
    ByteBuffer body = ByteBuffer.wrap(signal.body());
    try {
      return new Progress(
          body.getLong(), body.getLong(), StandardCharsets.UTF_8.decode(body).toString());
    } catch (BufferUnderflowException e) {
      return null;
    }
  }
}
