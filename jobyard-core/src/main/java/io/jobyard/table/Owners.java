package io.jobyard.table;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may hold locks in a folder's tables. Each process takes a slot by a lock of the operating
 * system on one byte of a file, which ends with the process however that ends; so a holder is alive
 * exactly as long as nobody else can lock its byte. A slot's incarnation grows with each process
 * that takes it: a lock left by an earlier one is not taken for the present one's.
 *
 * <p>The file stays open for the life of this process, because closing any channel of a file gives
 * up all locks a process has on it (POSIX). One object a process and folder. Safe for any thread.
 */
final class Owners {
  private static final int SLOTS = 4096;
  private static final int SLOT_BITS = 16;
  private static final Map<Path, Owners> OPEN = new ConcurrentHashMap<>();
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final FileChannel channel;
  private final ByteBuffer incarnations;
  private final long self;

  private Owners(Path file) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.incarnations = channel.map(FileChannel.MapMode.READ_WRITE, 0, SLOTS * 8L);
    this.self = take(file);
  }

  /** This process among those of the folder. */
  static Owners of(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve("owners");
    synchronized (OPEN) {
      Owners owners = OPEN.get(file);
      if (owners == null) {
        owners = new Owners(file);
        OPEN.put(file, owners);
      }
      return owners;
    }
  }

  /** This process; never 0. */
  long self() {
    return self;
  }

  /** Whether that process is gone. May say no where it is only uncertain: ask again. */
  boolean gone(long owner) {
    if (owner == self) {
      return false;
    }
    int slot = slot(owner);
    if (owner != word(slot, incarnation(slot))) {
      return true;
    }
    try (FileLock lock = channel.tryLock(slot, 1, false)) {
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process asks the same
    } catch (IOException e) {
      return false;
    }
  }

  private long take(Path file) throws IOException {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (channel.tryLock(slot, 1, false) != null) {
        long incarnation = incarnation(slot) + 1;
        LONGS.setVolatile(incarnations, slot * 8, incarnation);
        return word(slot, incarnation);
      }
    }
    throw new IOException(file + ": more than " + SLOTS + " processes use these tables");
  }

  private long incarnation(int slot) {
    return (long) LONGS.getVolatile(incarnations, slot * 8);
  }

  private static int slot(long owner) {
    return (int) (owner & ((1 << SLOT_BITS) - 1)) % SLOTS;
  }

  /** 56 bits; not 0, because incarnations begin with 1. */
  private static long word(int slot, long incarnation) {
    return (incarnation & 0xff_ffff_ffffL) << SLOT_BITS | slot;
  }
}
