package io.jobyard.shell;

import io.jobyard.Shell;
import io.jobyard.codec.JobCodec;
import io.jobyard.config.Commands;
import io.jobyard.store.Payload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Runs Shell jobs as a worker does, with programs in a folder of its own. */
final class Bench {
  final Path dir;
  final FakeJob job = new FakeJob();
  final List<String> audit = new CopyOnWriteArrayList<>();
  private final ShellWork work;

  Bench(Path dir, Commands commands) {
    this.dir = dir;
    this.work = new ShellWork(commands, dir, Duration.ofMillis(600), audit::add);
  }

  /** All programs of a folder are allowed, and no more. */
  static Bench allowing(Path dir) {
    return new Bench(dir, commands(dir + "/*"));
  }

  static Commands commands(String... globs) {
    List<Commands.Allowed> allowed =
        Stream.of(globs).map(glob -> new Commands.Allowed(glob, null)).toList();
    return new Commands(allowed, false, null, null);
  }

  /** A program of the folder, in the shell's language. */
  String program(String name, String body) throws Exception {
    return program(dir.resolve(name), body).toString();
  }

  static Path program(Path file, String body) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Shell.Result run(Shell shell) throws Throwable {
    return run(new JobCodec().encode(shell).payload());
  }

  Shell.Result runJson(String json) throws Throwable {
    return run(Payload.json(json.getBytes(StandardCharsets.UTF_8)));
  }

  private Shell.Result run(Payload payload) throws Throwable {
    byte[] result = work.run(payload, job);
    return JsonMapper.shared().readValue(result, Shell.Result.class);
  }
}
