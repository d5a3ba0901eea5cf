package io.jobyard.node.worker;

import io.jobyard.run.RunBoard;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that manager and worker share through a file: the {@link RunBoard}, and behind it the
 * worker's {@link Farewell}. Writing to it needs no disk, no message and no time, and it outlives
 * the worker.
 */
@SuppressWarnings("EnumOrdinal") // both sides run the same frame version
public final class BoardFile {
  private static final Farewell[] FAREWELLS = Farewell.values();

  private final MappedByteBuffer memory;
  private final RunBoard board;

  private BoardFile(FileChannel channel) throws IOException {
    // The mapping outlives the channel, and the file's removal.
    this.memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, RunBoard.BYTES + 8L);
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

  void farewell(Farewell farewell) {
    memory.put(RunBoard.BYTES, (byte) farewell.ordinal());
  }

  /** What the worker left behind. */
  public Farewell farewell() {
    return FAREWELLS[Math.floorMod(memory.get(RunBoard.BYTES), FAREWELLS.length)];
  }
}
