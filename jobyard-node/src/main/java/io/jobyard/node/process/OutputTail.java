package io.jobyard.node.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads what a worker prints, passes it on line by line and keeps the last lines for the day it
 * dies. Lines are cut at a length, so that a flood without line breaks cannot fill the manager.
 */
final class OutputTail {
  private static final int LINES = 40;
  private static final int LINE_BYTES = 4 * 1024;

  private final Consumer<String> sink;
  private final Deque<String> last = new ArrayDeque<>();
  private final byte[] line = new byte[LINE_BYTES];
  private int length;

  OutputTail(Consumer<String> sink) {
    this.sink = sink;
  }

  /** Reads to the end of the stream. */
  void drain(InputStream output) {
    byte[] chunk = new byte[8 * 1024];
    try (output) {
      for (int count = output.read(chunk); count >= 0; count = output.read(chunk)) {
        for (int i = 0; i < count; i++) {
          add(chunk[i]);
        }
      }
    } catch (IOException e) {
      // The process is gone, and its pipe with it: what was read is all there is.
      length = Math.min(length, LINE_BYTES);
    }
    if (length > 0) {
      endLine();
    }
  }

  private void add(byte value) {
    if (value == '\n') {
      endLine();
      return;
    }
    line[length++] = value;
    if (length == LINE_BYTES) {
      endLine();
    }
  }

  private void endLine() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
    length = 0;
    synchronized (last) {
      last.addLast(text);
      if (last.size() > LINES) {
        last.removeFirst();
      }
    }
    sink.accept(text);
  }

  List<String> lines() {
    synchronized (last) {
      return List.copyOf(last);
    }
  }
}
