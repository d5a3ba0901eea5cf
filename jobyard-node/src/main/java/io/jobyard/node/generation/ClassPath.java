package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a worker finds classes.
 *
 * @param jobs the jobs' code
 * @param own Jobyard's own; empty where the jobs' holds it
 */
public record ClassPath(List<Path> jobs, List<Path> own) {
  public ClassPath {
    jobs = List.copyOf(jobs);
    own = List.copyOf(own);
  }

  /**
   * Resolves the configured entries.
   *
   * @param base what relative ones start from
   * @param entries jars, folders and {@code dir/*.jar} globs; empty means this very process's
   * @throws JobyardException if one is missing
   */
  public static ClassPath of(Path base, List<String> entries) {
    List<Path> mine = ofThisProcess();
    if (entries.isEmpty()) {
      return new ClassPath(mine, List.of());
    }
    var jobs = new ArrayList<Path>();
    for (String entry : entries) {
      jobs.addAll(entry.contains("*") ? glob(base, entry) : List.of(existing(base, entry)));
    }
    return new ClassPath(jobs, mine);
  }

  /** As one list: the jobs' code goes first. */
  List<String> all() {
    return Stream.concat(jobs.stream(), own.stream()).map(Path::toString).toList();
  }

  private static List<Path> ofThisProcess() {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(System.getProperty("java.class.path"))
        .map(entry -> Path.of(entry).toAbsolutePath().normalize())
        .toList();
  }

  private static Path existing(Path base, String entry) {
    Path path = base.resolve(entry).toAbsolutePath().normalize();
    if (!Files.exists(path)) {
      throw new JobyardException(
          "classpath: " + entry + " does not exist (looked for " + path + "); build it first");
    }
    return path;
  }

  private static List<Path> glob(Path base, String entry) {
    Path pattern = base.resolve(entry).toAbsolutePath().normalize();
    Path dir = pattern.getParent();
    var found = new ArrayList<Path>();
    if (dir != null && Files.isDirectory(dir)) {
      String name = pattern.getFileName().toString();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, name)) {
        files.forEach(found::add);
      } catch (IOException e) {
        throw new JobyardException("classpath: " + entry + " cannot be listed: " + e, e);
      }
    }
    if (found.isEmpty()) {
      throw new JobyardException(
          "classpath: " + entry + " matches nothing (looked for " + pattern + "); build it first");
    }
    return found.stream().sorted().toList();
  }
}
