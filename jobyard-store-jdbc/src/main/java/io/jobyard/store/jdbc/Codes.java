package io.jobyard.store.jdbc;

import io.jobyard.JobState;
import io.jobyard.store.Phase;
import java.nio.ByteBuffer;
import java.util.UUID;

/** The numbers and bytes that stand for words in the tables; part of the schema, never changed. */
public final class Codes {
  public static final int READY = 0;
  public static final int SCHEDULED = 1;
  public static final int RUNNING = 2;
  public static final int SUCCEEDED = 3;
  public static final int FAILED = 4;
  public static final int CANCELLED = 5;

  private Codes() {}

  /** The number that stands for a state. */
  public static int of(JobState state) {
    return switch (state) {
      case READY -> READY;
      case SCHEDULED -> SCHEDULED;
      case RUNNING -> RUNNING;
      case SUCCEEDED -> SUCCEEDED;
      case FAILED -> FAILED;
      case CANCELLED -> CANCELLED;
    };
  }

  /** The state that a number stands for. */
  public static JobState state(int code) {
    return switch (code) {
      case READY -> JobState.READY;
      case SCHEDULED -> JobState.SCHEDULED;
      case RUNNING -> JobState.RUNNING;
      case SUCCEEDED -> JobState.SUCCEEDED;
      case FAILED -> JobState.FAILED;
      case CANCELLED -> JobState.CANCELLED;
      default -> throw new IllegalStateException("no job state is stored as " + code);
    };
  }

  /** The number that stands for a phase. */
  public static int of(Phase phase) {
    return switch (phase) {
      case RUN -> 0;
      case FAILING -> 1;
    };
  }

  /** The phase that a number stands for. */
  public static Phase phase(int code) {
    return code == 0 ? Phase.RUN : Phase.FAILING;
  }

  /** An id as its sixteen bytes, in the order in which ids sort. */
  public static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /** The id that sixteen bytes are. */
  public static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }
}
