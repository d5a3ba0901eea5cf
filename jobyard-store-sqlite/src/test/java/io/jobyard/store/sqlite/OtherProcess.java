package io.jobyard.store.sqlite;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Db;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A second JVM on the same file: {@code hold FILE} or {@code push FILE COUNT}. */
final class OtherProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private OtherProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static OtherProcess start(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            OtherProcess.class.getName());
    builder.command().addAll(List.of(arguments));
    return new OtherProcess(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  long pid() {
    return process.pid();
  }

  String line() throws IOException {
    return output.readLine();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The other process's own way. */
  public static void main(String[] arguments) throws Exception {
    SqliteFile file = new SqliteFile(Path.of(arguments[1]));
    if (arguments[0].equals("hold")) {
      try (Db db = new Connections(file).open(1024, Duration.ofSeconds(5))) {
        db.update("begin immediate");
        System.out.println("held");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      }
      return;
    }
    try (JobStore store = SqliteStore.open(file, StoreOptions.defaults())) {
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        store.push(List.of(Jobs.job()));
      }
    }
    System.out.println("pushed");
  }
}
