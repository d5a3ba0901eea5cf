package io.jobyard.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file system in memory with little room, laid over a server's folder while that does not run.
 * Only root may do that, and not everywhere.
 */
final class SmallDisk implements AutoCloseable {
  private final Path folder;
  private final Path ballast;

  private SmallDisk(Path folder) {
    this.folder = folder;
    this.ballast = folder.resolve("ballast");
  }

  /** Whether such a file system can be made here. */
  static boolean possible(Path dir) {
    try {
      Path probe = Files.createDirectory(dir.resolve("probe"));
      boolean possible = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString());
      if (possible) {
        run("umount", probe.toString());
      }
      return possible;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Moves what is in the folder to a disk of this size in its place.
   *
   * @param megabytes with what is in it already
   */
  static SmallDisk over(Path folder, int megabytes) {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    must("cp", "-a", folder.toString(), copy.toString());
    must("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
    must("cp", "-a", copy + "/.", folder.toString());
    must("chown", "--reference=" + copy, folder.toString());
    must("chmod", "--reference=" + copy, folder.toString());
    must("rm", "-r", copy.toString());
    return new SmallDisk(folder);
  }

  /** Leaves no room. */
  void fill() {
    try (FileChannel out =
        FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer block = ByteBuffer.allocate(4_096);
      while (out.write(block.clear()) > 0) {
        // until it is refused
      }
    } catch (IOException full) {
      // as intended
    }
  }

  /** Makes room again. */
  void free() {
    try {
      Files.deleteIfExists(ballast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    run("umount", "-l", folder.toString());
  }

  private static void must(String... command) {
    if (!run(command)) {
      throw new IllegalStateException("failed: " + List.of(command));
    }
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
