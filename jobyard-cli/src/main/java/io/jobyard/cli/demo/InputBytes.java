package io.jobyard.cli.demo;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads files that somebody named, and says in one sentence why one cannot be used. */
final class InputBytes {
  private static final byte[] UTF8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** What is read as a whole is no larger. */
  private static final long LARGEST = 256L * 1024 * 1024;

  private InputBytes() {}

  static byte[] of(Path file) {
    requireFile(file);
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        throw new JobyardException(
            "%s: has %,d bytes; the demo reads at most %,d".formatted(file, size, LARGEST));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Says so if there is no such file, or nothing in it. */
  static void requireFile(Path file) {
    if (!Files.exists(file)) {
      throw new JobyardException(file + ": there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new JobyardException(file + ": is a folder; name a file");
    }
    if (!Files.isReadable(file)) {
      throw new JobyardException(file + ": may not be read by this user");
    }
    try {
      if (Files.isRegularFile(file) && Files.size(file) == 0) {
        throw new JobyardException(file + ": the file is empty");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static JobyardException unreadable(Path file, IOException e) {
    return new JobyardException(file + ": cannot be read: " + e.getMessage(), e);
  }

  /** The bytes as ISO 8859-1, without the mark some programs put before UTF-8. */
  static String text(String source, byte[] bytes) {
    int from = marked(bytes) ? UTF8_MARK.length : 0;
    String text = new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1);
    if (text.isBlank()) {
      throw new JobyardException(source + ": the file is empty");
    }
    if (text.indexOf('\0') >= 0) {
      throw new JobyardException(
          source + ": is binary or UTF-16 (it holds zero bytes); a text in UTF-8 is needed");
    }
    return text;
  }

  /** A piece of such a text as people would read it. */
  static String shown(String text) {
    String decoded = utf8(text.getBytes(StandardCharsets.ISO_8859_1));
    return Excerpt.of(decoded == null ? text : decoded);
  }

  /** The text; null if the bytes are not UTF-8. */
  static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean marked(byte[] bytes) {
    return bytes.length >= UTF8_MARK.length
        && bytes[0] == UTF8_MARK[0]
        && bytes[1] == UTF8_MARK[1]
        && bytes[2] == UTF8_MARK[2];
  }
}
