package io.jobyard.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What jobs really did, written by themselves to a file outside the store: each line with one write
 * to a file opened for appending, so that any number of processes may write and a kill tears none.
 */
record Ledger(Path file) {
  void add(Line line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(bytes);
    }
  }

  List<Line> lines() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(Line::parse).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Line> lines(Line.What what) {
    return lines().stream().filter(line -> line.what() == what).toList();
  }

  List<Line> lines(UUID job) {
    return lines().stream().filter(line -> line.job().equals(job)).toList();
  }

  /** The jobs that came to the end of their body at least once. */
  Set<UUID> ended() {
    return lines(Line.What.END).stream().map(Line::job).collect(Collectors.toSet());
  }
}
