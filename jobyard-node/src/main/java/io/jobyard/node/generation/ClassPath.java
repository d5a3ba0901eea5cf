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
 * @param own what of Jobyard every worker needs; empty where the jobs' holds it
 * @param further the rest of this process's, stores and their drivers above all: for workers that
 *     take their jobs from the store themselves
 */
public record ClassPath(List<Path> jobs, List<Path> own, List<Path> further) {
  public ClassPath {
    jobs = List.copyOf(jobs);
    own = List.copyOf(own);
    further = List.copyOf(further);
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
      return new ClassPath(mine, List.of(), List.of());
    }
    var jobs = new ArrayList<Path>();
    for (String entry : entries) {
      jobs.addAll(entry.contains("*") ? glob(base, entry) : List.of(existing(base, entry)));
    }
    List<Path> own = Libraries.ofWorkers(mine);
    List<Path> further = mine.stream().filter(path -> !own.contains(path)).toList();
    return new ClassPath(jobs, own, further);
  }

  /** The same libraries behind other copies of the jobs' code. */
  ClassPath with(List<Path> copies) {
    return new ClassPath(copies, own, further);
  }

  /** What a worker needs that is handed its jobs; the jobs' code goes first. */
  List<String> handed() {
    return Stream.of(jobs, own).flatMap(List::stream).map(Path::toString).toList();
  }

  /** The same, and what one needs that takes them itself. */
  List<String> grabbing() {
    return Stream.of(jobs, own, further).flatMap(List::stream).map(Path::toString).toList();
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
