package io.jobyard.cli.demo;

import io.jobyard.JobyardException;
import io.jobyard.cli.demo.jobs.CountWords;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cuts a file into parts where there is white space, so that no word is cut in two. */
final class Splitter {
  /** A text has white space at least so often. */
  private static final int LONGEST_WORD = 1024 * 1024;

  private Splitter() {}

  /**
   * The parts, in order; together they are the file.
   *
   * @param size of each but the last, in bytes; they may be longer by what is left of a word
   */
  static List<CountWords> split(Path file, long size) throws IOException {
    List<CountWords> parts = new ArrayList<>();
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long length = in.length();
      for (long from = 0; from < length; ) {
        long end = from + size >= length ? length : nextSpace(file, in, from + size);
        parts.add(new CountWords(file.toString(), from, Math.toIntExact(end - from)));
        from = end;
      }
    }
    return parts;
  }

  /** In UTF-8 a byte of a longer character is never taken for white space. */
  private static long nextSpace(Path file, RandomAccessFile in, long from) throws IOException {
    byte[] buffer = new byte[4096];
    in.seek(from);
    long at = from;
    for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
      for (int i = 0; i < read; i++) {
        if (buffer[i] >= 0 && buffer[i] <= ' ') {
          return at + i;
        }
      }
      at += read;
      if (at - from > LONGEST_WORD) {
        throw new JobyardException(
            "%s: has no white space after byte %,d for more than %,d bytes; name a text"
                .formatted(file, from, LONGEST_WORD));
      }
    }
    return at;
  }
}
