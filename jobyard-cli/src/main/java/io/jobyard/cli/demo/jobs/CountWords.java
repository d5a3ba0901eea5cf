package io.jobyard.cli.demo.jobs;

import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.Task;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Counts the words of a part of a file.
 *
 * @param from the part's first byte; a part begins and ends between words
 * @param length in bytes
 */
@Kind(value = "count-words", queue = "words", timeout = "1m")
public record CountWords(String file, long from, int length) implements Task<Map<String, Integer>> {

  @Override
  public Map<String, Integer> call(JobContext job) throws IOException {
    byte[] part = new byte[length];
    try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
      in.seek(from);
      in.readFully(part);
    } catch (EOFException e) {
      throw new IOException(file + " became shorter after the job was pushed", e);
    }
    return Words.count(new String(part, StandardCharsets.UTF_8));
  }
}
