package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that use a client library which nobody here wrote, as its registry has it. */
final class NodeProcesses {
  private static final Path SOURCE = Path.of("src", "test", "node");
  private static final Path FOLDER = Path.of("target", "node").toAbsolutePath();

  private NodeProcesses() {}

  /** The folder with the programs and the library; aborts the test where there can be none. */
  static synchronized Path folder() throws IOException, InterruptedException {
    if (!onPath("node") || !onPath("npm")) {
      abort("Node.js and npm are not on this machine, so its Faktory client is not tested");
    }
    Files.createDirectories(FOLDER);
    try (Stream<Path> files = Files.list(SOURCE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path done = FOLDER.resolve("installed");
    Path wanted = FOLDER.resolve("package-lock.json");
    if (!Files.exists(done) || Files.mismatch(done, wanted) >= 0) {
      Path log = FOLDER.resolve("npm.log");
      Process npm =
          builder(log, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund").start();
      if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
        npm.destroyForcibly();
        abort("npm could not install faktory-worker, see " + log + ": " + Files.readString(log));
      }
      Files.copy(wanted, done, StandardCopyOption.REPLACE_EXISTING);
    }
    return FOLDER;
  }

  /** Runs a program to its end. */
  static void run(Path log, String... arguments) throws IOException, InterruptedException {
    Process process = start(log, arguments);
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("an end of " + log).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  static Process start(Path log, String... arguments) throws IOException, InterruptedException {
    folder();
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(arguments));
    return builder(log, command.toArray(new String[0])).start();
  }

  private static ProcessBuilder builder(Path log, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(FOLDER.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder;
  }

  private static boolean onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
