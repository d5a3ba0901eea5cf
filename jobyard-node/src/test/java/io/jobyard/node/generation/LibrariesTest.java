package io.jobyard.node.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.classgraph.ClassGraph;
import io.github.classgraph.ScanResult;
import io.jobyard.Job;
import io.jobyard.node.worker.WorkerMain;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LibrariesTest {
  private final List<Path> everything =
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(Path::of)
          .toList();

  /** A dependency that core or worker get one day must not be forgotten there. */
  @Test
  void allOfCoreAndWorkerCanBeLoadedFromThem() throws Exception {
    List<Path> libraries = Libraries.ofWorkers(everything);
    assertThat(libraries).hasSizeLessThan(everything.size());
    URL[] urls = new URL[libraries.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = libraries.get(i).toUri().toURL();
    }
    try (var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        ScanResult scan =
            new ClassGraph()
                .overrideClasspath(home(Job.class), home(WorkerMain.class))
                .enableInterClassDependencies()
                .enableExternalClasses()
                .ignoreClassVisibility()
                .scan()) {
      // All that are named anywhere in them, also within methods only.
      List<String> names = scan.getAllClasses().getNames();
      assertThat(names)
          .hasSizeGreaterThan(400)
          .contains(WorkerMain.class.getName(), "com.fasterxml.uuid.Generators");
      for (String name : names) {
        assertThatCode(() -> Class.forName(name, false, loader))
            .as(name)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void whereOneIsNotFoundAllAreTaken() {
    List<Path> elsewhere = List.of(Path.of("/srv/app.jar"), Path.of("/srv/other.jar"));

    assertThat(Libraries.ofWorkers(elsewhere)).isEqualTo(elsewhere);
  }

  private static String home(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
