package io.jobyard.bench.peers;

import io.jobyard.JobyardException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The other end of {@link PeerMain}, or of {@code peers.mjs}. For one thread. */
final class PeerProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final double SECOND = 1e9;
  private static final int LINES_OF_LOG = 15;

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;
  private final Path log;

  private PeerProcess(Process process, Path log) {
    this.process = process;
    this.questions = process.outputWriter();
    this.answers = process.inputReader();
    this.log = log;
  }

  static PeerProcess java(String peer, String url, Path folder) throws IOException {
    return start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            PeerMain.class.getName(),
            peer,
            url,
            folder.toString()),
        folder);
  }

  /**
   * Starts a peer that runs on Node.
   *
   * @param home where {@code peers.mjs} and its packages are
   */
  static PeerProcess node(Path home, String peer, String url, Path folder) throws IOException {
    return start(List.of("node", home.resolve("peers.mjs").toString(), peer, url), folder);
  }

  private static PeerProcess start(List<String> command, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path log = folder.resolve("peer.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("JOBYARD_"));
    return new PeerProcess(builder.start(), log);
  }

  JsonNode ask(String question) throws IOException {
    questions.write(question);
    questions.newLine();
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new JobyardException("the peer ended at '" + question + "'; it said last:\n" + said());
    }
    return JSON.readTree(answer);
  }

  /** Asks for so many of something; how many that were in a second. */
  double rate(String what, int count) throws IOException {
    return count / (ask(what + " " + count).get("ns").asLong() / SECOND);
  }

  @Override
  public void close() {
    try {
      questions.close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String said() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
  }
}
