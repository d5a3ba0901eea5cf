package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real launcher, in a distribution whose one jar points at the classes under test. */
class LauncherTest {
  @TempDir Path folder;

  @BeforeEach
  void unpack() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("a b/bin"));
    Files.copy(Path.of("..", "jobyard"), bin.resolve("jobyard"));
    assertThat(bin.resolve("jobyard").toFile().setExecutable(true)).isTrue();
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    Path lib = Files.createDirectories(folder.resolve("a b/lib"));
    new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
    Files.writeString(folder.resolve("jobyard.yaml"), "store: 'memory:'\n");
    Files.createSymbolicLink(folder.resolve("link"), bin.resolve("jobyard"));
  }

  @Test
  void passesArgumentsAndTheExitCodeThrough() throws Exception {
    Ran pushed = launch("push", "k", "{\"a b\": \"c  $d\"}", "--json");
    assertThat(pushed.err()).isEmpty();
    assertThat(pushed.json().get("id").asString()).hasSize(36);
    assertThat(pushed.code()).isZero();

    Ran wrong = launch("push", "k", "{");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).hasLineCount(1);
  }

  private Ran launch(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(folder.resolve("link").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JOBYARD_JAVA_HOME", System.getProperty("java.home"));
    // What is meant for the JVMs of tests is said aloud by each.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    // No cache: it would still be written when the test is over.
    builder.environment().put("XDG_CACHE_HOME", "/dev/null");
    Process process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
