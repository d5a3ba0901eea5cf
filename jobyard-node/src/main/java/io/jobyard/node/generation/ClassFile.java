package io.jobyard.node.generation;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * Walks over the parts of a class file, as "The class File Format" of the JVM's specification has
 * them, to see whether its bytes are all there. A scan for kinds would silently leave out one that
 * a compiler still writes. For one use.
 */
final class ClassFile {
  private static final int MAGIC = 0xCAFEBABE;

  private final DataInputStream in;

  private ClassFile(byte[] bytes) {
    this.in = new DataInputStream(new ByteArrayInputStream(bytes));
  }

  /** Whether it ends where its last part does. */
  static boolean isWhole(byte[] bytes) throws IOException {
    try {
      return new ClassFile(bytes).isWhole();
    } catch (EOFException e) {
      return false;
    }
  }

  private boolean isWhole() throws IOException {
    if (in.readInt() != MAGIC) {
      return false;
    }
    skip(4); // its version
    if (!skipConstants()) {
      return false;
    }
    skip(6); // access, this class, super class
    skip(2L * in.readUnsignedShort()); // interfaces
    skipMembers(); // fields
    skipMembers(); // methods
    skipAttributes();
    return in.available() == 0;
  }

  /** False if one is of no kind that there is. */
  private boolean skipConstants() throws IOException {
    int count = in.readUnsignedShort();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> skip(in.readUnsignedShort()); // text
        case 3, 4, 9, 10, 11, 12, 17, 18 -> skip(4);
        case 5, 6 -> { // long and double count as two
          skip(8);
          i++;
        }
        case 7, 8, 16, 19, 20 -> skip(2);
        case 15 -> skip(3);
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  private void skipMembers() throws IOException {
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      skip(6); // access, name, type
      skipAttributes();
    }
  }

  private void skipAttributes() throws IOException {
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      skip(2); // name
      skip(Integer.toUnsignedLong(in.readInt()));
    }
  }

  private void skip(long bytes) throws IOException {
    if (in.available() < bytes) {
      throw new EOFException();
    }
    in.skipNBytes(bytes);
  }
}
