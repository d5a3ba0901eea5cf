package io.jobyard.cli.demo;

import io.jobyard.JobyardException;
import io.jobyard.cli.demo.jobs.CountWords;
import io.jobyard.cli.demo.jobs.Words;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The text whose words are counted: by tasks, part for part, and to check them by this one thread,
 * line for line.
 *
 * @param files in UTF-8
 */
record Text(List<Path> files) {
  /** Enough parts to keep every worker busy, none of them so small that it is not worth a task. */
  private static final int PARTS = 250;

  private static final long SMALLEST_PART = 4 * 1024;

  Text {
    files = files.stream().map(Path::toAbsolutePath).toList();
  }

  /** One task for each part. */
  List<CountWords> parts() {
    try {
      long whole = 0;
      for (Path file : files) {
        whole += Files.size(file);
      }
      long size = Math.max(SMALLEST_PART, whole / PARTS);
      List<CountWords> parts = new ArrayList<>();
      for (Path file : files) {
        parts.addAll(Splitter.split(file, size));
      }
      return parts;
    } catch (IOException e) {
      throw new JobyardException("the text cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Counts all words in this thread.
   *
   * @throws JobyardException if a file is no text in UTF-8
   */
  Map<String, Long> count() {
    Map<String, Long> counts = new HashMap<>();
    for (Path file : files) {
      count(file, counts);
    }
    return counts;
  }

  /** Adds the counts of a part. */
  static void merge(Map<String, Long> counts, Map<String, Integer> part) {
    part.forEach((word, count) -> counts.merge(word, (long) count, Long::sum));
  }

  private static void count(Path file, Map<String, Long> counts) {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.indexOf('\0') >= 0) {
          throw new JobyardException(file + ": is binary (it holds zero bytes); name a text");
        }
        merge(counts, Words.count(line));
      }
    } catch (CharacterCodingException e) {
      throw new JobyardException(file + ": is no text in UTF-8; convert it, or name another", e);
    } catch (IOException e) {
      throw InputBytes.unreadable(file, e);
    }
  }
}
