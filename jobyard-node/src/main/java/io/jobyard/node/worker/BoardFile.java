package io.jobyard.node.worker;

import io.jobyard.run.RunBoard;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that manager and worker share through a file: the {@link RunBoard}, and behind it the
 * worker's {@link Farewell} and, where it takes jobs itself, how many runs have ended. Writing to
 * it needs no disk, no message and no time, and it outlives the worker.
 */
@SuppressWarnings("EnumOrdinal") // both sides run the same frame version
public final class BoardFile {
  private static final Farewell[] FAREWELLS = Farewell.values();

  private static final int ENDED = RunBoard.BYTES + 8;
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer memory;
  private final RunBoard board;

  private BoardFile(FileChannel channel) throws IOException {
    // The mapping outlives the channel, and the file's removal.
    this.memory = Mapping.of(channel, RunBoard.BYTES + 16L);
    this.board = new RunBoard(memory.slice(0, RunBoard.BYTES));
  }

  /** The manager's side: creates the file. */
  public static BoardFile create(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return new BoardFile(channel);
    }
  }

  /** The worker's side. */
  static BoardFile open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new BoardFile(channel);
    }
  }

  public RunBoard board() {
    return board;
  }

  /** A run came to its end. */
  void runEnded() {
    var unused = (long) LONGS.getAndAdd(memory, ENDED, 1L);
  }

  /** How many runs have come to their end. */
  public long ended() {
    return (long) LONGS.getAcquire(memory, ENDED);
  }

  void farewell(Farewell farewell) {
    memory.put(RunBoard.BYTES, (byte) farewell.ordinal());
  }

  /** What the worker left behind. */
  public Farewell farewell() {
    return FAREWELLS[Math.floorMod(memory.get(RunBoard.BYTES), FAREWELLS.length)];
  }
}
