package io.jobyard.node.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How to find a running node: kept in its run directory while it runs.
 *
 * @param control the socket it answers on
 */
public record NodeFile(String node, long pid, String control) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Path in(Path runDir) {
    return runDir.resolve("node.json");
  }

  public void writeTo(Path runDir) throws IOException {
    Path file = in(runDir);
    Path fresh = file.resolveSibling("node.json.new");
    Files.write(fresh, JSON.writeValueAsBytes(this));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  public static void removeFrom(Path runDir) throws IOException {
    Files.deleteIfExists(in(runDir));
  }

  /**
   * @throws IOException if there is none, or it cannot be read
   */
  static NodeFile readFrom(Path runDir) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(in(runDir)), NodeFile.class);
    } catch (JacksonException e) {
      throw new IOException(in(runDir) + " is damaged: " + e.getOriginalMessage(), e);
    }
  }
}
