package io.jobyard;

import io.jobyard.codec.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What a running job sent, live. Immutable. */
public final class Message {
  /** The longest message, in bytes of JSON. */
  public static final int MAX_BYTES = 60_000;

  private final UUID job;
  private final String queue;
  private final String node;
  private final long pid;
  private final byte[] json;
  private final MessageCodec codec;

  /** Jobyard's own: messages are made by {@link JobContext#send(Object)}. */
  public Message(UUID job, String queue, String node, long pid, byte[] json, MessageCodec codec) {
    this.job = job;
    this.queue = queue;
    this.node = node;
    this.pid = pid;
    this.json = json.clone();
    this.codec = codec;
  }

  /**
   * What was sent, read as this type.
   *
   * @throws JobyardException if it is not one; it says which field does not fit
   */
  public <T> T as(Class<T> type) {
    return codec.read(json, type, job);
  }

  /** What was sent, as it was written. */
  public String json() {
    return new String(json, StandardCharsets.UTF_8);
  }

  /** In bytes of JSON. */
  public int size() {
    return json.length;
  }

  /** The job that sent it. */
  public UUID job() {
    return job;
  }

  /** That job's queue. */
  public String queue() {
    return queue;
  }

  /** The node that the job runs on. */
  public String node() {
    return node;
  }

  /** The process that the job runs in. */
  public long pid() {
    return pid;
  }

  /** The worker process it came from, for a job that answers. */
  public Address sender() {
    return Address.worker(node, pid);
  }

  @Override
  public String toString() {
    return "message of job " + job + ": " + json();
  }
}
