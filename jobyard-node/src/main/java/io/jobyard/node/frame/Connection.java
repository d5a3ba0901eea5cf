package io.jobyard.node.frame;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames over one socket: each is a length of four bytes and a body.
 *
 * <p>{@link #send} may be called by any thread, virtual ones too, and never waits for the other
 * side: frames gather in a buffer, and one platform thread writes all that gathered at once, so
 * that a busy connection needs one system call for hundreds of jobs. {@link #receive} belongs to
 * one thread. Closing twice is harmless.
 */
public final class Connection implements AutoCloseable {
  /** The largest body of a frame. A payload and a result of the largest size fit well. */
  public static final int MAX_FRAME = 64 * 1024 * 1024;

  private static final int ENOUGH_TO_WRITE = 64 * 1024;
  private static final int READ_BUFFER = 64 * 1024;
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LAST_WORDS_MILLIS = 1_000;

  private final SocketChannel channel;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private Writing pending = new Writing();
  private Writing spare = new Writing();
  private boolean soon;
  private boolean closed;

  private ByteBuffer in = ByteBuffer.allocate(READ_BUFFER).limit(0);

  /**
   * @param channel a connected, blocking channel; closed with this
   * @param name for the writer's thread
   */
  public Connection(SocketChannel channel, String name) {
    this.channel = channel;
    this.writer = Thread.ofPlatform().daemon().name(name + "-writer").unstarted(this::writeAll);
    writer.start();
  }

  /** Sends a frame as soon as possible. After a close it goes nowhere. */
  public void send(Frame frame) {
    send(frame, true);
  }

  /**
   * Sends a frame.
   *
   * @param now false lets it wait up to a millisecond for others to go with it
   * @throws FrameTooLarge if it is above {@link #MAX_FRAME}; nothing was sent
   */
  public void send(Frame frame, boolean now) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      int start = pending.size();
      pending.i32(0);
      FrameCodec.write(pending, frame);
      int length = pending.size() - start - 4;
      if (length > MAX_FRAME) {
        pending.truncate(start);
        throw new FrameTooLarge(length);
      }
      pending.i32At(start, length);
      if (now) {
        soon = true;
      }
      if (now || start == 0 || pending.size() >= ENOUGH_TO_WRITE) {
        more.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a frame that may go lost, unless as much as this waits to be read by the other side.
   *
   * @param room in bytes
   * @return false if it was not sent; true also after a close
   */
  public boolean offer(Frame frame, int room) {
    lock.lock();
    try {
      if (!closed && pending.size() >= room) {
        return false;
      }
      send(frame, false);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next frame; waits for it.
   *
   * @return null if the other side closed the connection between two frames
   * @throws IOException if the connection broke, or what came is no frame
   */
  public @Nullable Frame receive() throws IOException {
    if (!fill(4)) {
      return null;
    }
    int length = in.getInt(in.position());
    if (length < 1 || length > MAX_FRAME) {
      throw new BadFrame(
          "a frame claims to be " + length + " bytes long; allowed are 1 to " + MAX_FRAME);
    }
    if (!fill(4 + length)) {
      throw new EOFException("the connection ended within a frame");
    }
    int body = in.position() + 4;
    Frame frame = FrameCodec.read(new Reading(in.slice(body, length)));
    in.position(body + length);
    return frame;
  }

  /** Whether {@link #receive} has another whole frame at hand and would not wait. */
  public boolean more() {
    return in.remaining() >= 4 && in.remaining() - 4 >= in.getInt(in.position());
  }

  /** Makes sure that so many bytes are at hand; false at the end of the stream. */
  private boolean fill(int count) throws IOException {
    if (in.remaining() >= count) {
      return true;
    }
    if (in.capacity() < count) {
      in = ByteBuffer.allocate(Math.max(count, READ_BUFFER)).put(in).flip();
    } else if (!in.hasRemaining() && in.capacity() > READ_BUFFER) {
      in = ByteBuffer.allocate(READ_BUFFER).limit(0); // gives back what one large frame took
      return fill(count);
    }
    in.compact();
    try {
      while (in.position() < count) {
        if (channel.read(in) < 0) {
          return ended();
        }
      }
    } finally {
      in.flip();
    }
    return true;
  }

  private boolean ended() throws EOFException {
    if (in.position() > 0) {
      throw new EOFException("the connection ended within a frame");
    }
    return false;
  }

  private void writeAll() {
    try {
      for (Writing out = take(); out != null; out = take()) {
        out.writeTo(channel);
        out.clear();
        spare = out;
      }
    } catch (IOException e) {
      // The other side is gone: its end of the connection tells the reader so.
      shut();
    } catch (InterruptedException e) {
      shut();
    }
  }

  private @Nullable Writing take() throws InterruptedException {
    lock.lock();
    try {
      while (pending.size() == 0) {
        if (closed) {
          return null;
        }
        more.await();
      }
      long patience = GATHER_NANOS;
      while (patience > 0 && !soon && !closed && pending.size() < ENOUGH_TO_WRITE) {
        patience = more.awaitNanos(patience);
      }
      Writing out = pending;
      pending = spare;
      soon = false;
      return out;
    } finally {
      lock.unlock();
    }
  }

  private void shut() {
    lock.lock();
    try {
      closed = true;
      more.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what was sent before, for at most a second, and closes the socket. */
  @Override
  public void close() {
    shut();
    try {
      if (!Thread.currentThread().equals(writer)) {
        writer.join(LAST_WORDS_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cut();
  }

  /** Closes the socket at once. */
  public void cut() {
    shut();
    try {
      channel.close();
    } catch (IOException e) {
      // Closed is what it was to be; the descriptor is gone either way.
      writer.interrupt();
    }
  }
}
