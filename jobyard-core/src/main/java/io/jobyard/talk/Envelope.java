package io.jobyard.talk;

import io.jobyard.Address;
import io.jobyard.Message;
import io.jobyard.codec.MessageCodec;
import io.jobyard.store.Signal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message on its way.
 *
 * @param job the sender's
 * @param queue the sender's
 * @param node the sender's
 * @param pid the sender's
 */
@SuppressWarnings("ArrayRecordComponent")
public record Envelope(Mark to, UUID job, String queue, String node, long pid, byte[] json) {
  private static final Logger LOG = LoggerFactory.getLogger(Envelope.class);
  private static final int VERSION = 1;

  /** For whom of those that hear its topic it is. */
  public sealed interface Mark {}

  record Everybody() implements Mark {}

  record Slot(int number) implements Mark {}

  record Pid(long pid) implements Mark {}

  /** A message to this address, as the stores pass it on. */
  public static Signal seal(
      Address to, UUID job, String queue, String node, long pid, byte[] json) {
    return switch (to) {
      case Address.Producer() ->
          new Envelope(new Everybody(), job, queue, node, pid, json).signal(Topics.job(job));
      case Address.AllOf(String all) ->
          new Envelope(new Everybody(), job, queue, node, pid, json).signal(Topics.queue(all));
      case Address.Slot(String of, int number) ->
          new Envelope(new Slot(number), job, queue, node, pid, json).signal(Topics.queue(of));
      case Address.Worker(String at, long worker) ->
          new Envelope(new Pid(worker), job, queue, node, pid, json).signal(Topics.node(at));
    };
  }

  private Signal signal(String topic) {
    var bytes = new ByteArrayOutputStream(json.length + 128);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      switch (to) {
        case Everybody() -> out.writeByte(0);
        case Slot(int number) -> {
          out.writeByte(1);
          out.writeInt(number);
        }
        case Pid(long worker) -> {
          out.writeByte(2);
          out.writeLong(worker);
        }
      }
      out.writeLong(job.getMostSignificantBits());
      out.writeLong(job.getLeastSignificantBits());
      out.writeUTF(queue);
      out.writeUTF(node);
      out.writeLong(pid);
      out.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Signal(topic, bytes.toByteArray());
  }

  /** What a signal holds; null if it is no message, or one of another version of Jobyard. */
  static @Nullable Envelope open(Signal signal) {
    try (var in = new DataInputStream(new ByteArrayInputStream(signal.body()))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        LOG.debug("a message of version {} on {} is not understood", version, signal.topic());
        return null;
      }
      int kind = in.readUnsignedByte();
      Mark to =
          switch (kind) {
            case 0 -> new Everybody();
            case 1 -> new Slot(in.readInt());
            case 2 -> new Pid(in.readLong());
            default -> throw new IOException("it is for nobody known, " + kind);
          };
      UUID job = new UUID(in.readLong(), in.readLong());
      return new Envelope(to, job, in.readUTF(), in.readUTF(), in.readLong(), in.readAllBytes());
    } catch (IOException e) {
      LOG.debug("what came on {} is no message: {}", signal.topic(), e.toString());
      return null;
    }
  }

  Message message(MessageCodec codec) {
    return new Message(job, queue, node, pid, json, codec);
  }
}
