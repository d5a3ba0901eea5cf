package io.jobyard.node.generation;

import io.jobyard.JobyardException;
import io.jobyard.codec.KindScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether code could be taken, without taking it. */
public final class CodeCheck {
  private CodeCheck() {}

  /**
   * Reads all jars and class files and looks for kinds.
   *
   * @throws JobyardException if one is damaged, or what it holds contradicts itself
   */
  public static void check(List<Path> jobs) {
    try {
      for (Path path : jobs) {
        if (Files.isRegularFile(path)) {
          Jars.check(path, path);
        } else if (Files.isDirectory(path)) {
          Jars.checkFolder(path);
        }
      }
      ClassVersions.check(jobs, KindScan.of(jobs).classNames().stream());
    } catch (IOException e) {
      throw new JobyardException("the class path could not be read: " + e, e);
    }
  }
}
