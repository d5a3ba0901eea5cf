package io.jobyard.node.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathTest {
  @TempDir private Path base;

  @Test
  void theJobsCodeGoesFirstAndJobyardsFollows() throws IOException {
    Path lib = Files.createDirectories(base.resolve("lib"));
    Path app = Files.createFile(base.resolve("app.jar"));
    Path b = Files.createFile(lib.resolve("b.jar"));
    Path a = Files.createFile(lib.resolve("a.jar"));
    Files.createFile(lib.resolve("notes.txt"));

    ClassPath classPath = ClassPath.of(base, List.of("app.jar", "lib/*.jar"));

    assertThat(classPath.jobs()).containsExactly(app, a, b);
    assertThat(classPath.own()).isNotEmpty();
    assertThat(classPath.handed()).startsWith(app.toString()).hasSizeGreaterThan(3);
  }

  @Test
  void whoIsHandedJobsNeedsNoStore() throws IOException {
    Files.createFile(base.resolve("app.jar"));

    ClassPath classPath = ClassPath.of(base, List.of("app.jar"));

    assertThat(classPath.own()).noneMatch(path -> path.toString().contains("sqlite"));
    assertThat(classPath.further()).anyMatch(path -> path.toString().contains("sqlite"));
    assertThat(classPath.grabbing())
        .startsWith(classPath.handed().toArray(String[]::new))
        .hasSize(classPath.handed().size() + classPath.further().size())
        .doesNotHaveDuplicates();
  }

  @Test
  void withoutAnyItIsThisProcesss() {
    ClassPath classPath = ClassPath.of(base, List.of());

    assertThat(classPath.jobs()).isNotEmpty().allMatch(Path::isAbsolute);
    assertThat(classPath.own()).isEmpty();
    assertThat(classPath.further()).isEmpty();
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> ClassPath.of(base, List.of("app.jar")))
        .isInstanceOf(JobyardException.class)
        .hasMessage(
            "classpath: app.jar does not exist (looked for "
                + base.resolve("app.jar")
                + "); build it first");
    assertThatThrownBy(() -> ClassPath.of(base, List.of("lib/*.jar")))
        .isInstanceOf(JobyardException.class)
        .hasMessageStartingWith("classpath: lib/*.jar matches nothing");
  }
}
