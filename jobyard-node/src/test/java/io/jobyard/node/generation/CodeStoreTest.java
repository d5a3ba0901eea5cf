package io.jobyard.node.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CodeStoreTest {
  private static Map<String, byte[]> classes;

  @TempDir private Path base;

  @BeforeAll
  static void compile() {
    classes = Variant.classes("1", "", 21);
  }

  private CodeStore store(String... entries) throws IOException {
    return new CodeStore(base.resolve("generations"), base, List.of(entries), List.of());
  }

  @Test
  void aJarOverwrittenInPlaceLeavesTheCopyAsItWas() throws IOException {
    Path jar = Files.write(base.resolve("app.jar"), Zip.of(classes));
    byte[] before = Files.readAllBytes(jar);

    Generation taken = store("app.jar").take(1);
    Files.write(jar, new byte[] {1, 2, 3});

    assertThat(taken.kinds().classNames()).containsExactly("app.Work");
    assertThat(Path.of(taken.handed().classPath().getFirst())).hasBinaryContent(before);
  }

  private void writeFolder() throws IOException {
    for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
      Path file = base.resolve("out").resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
  }

  @Test
  void aFolderIsPackedIntoAJar() throws IOException {
    writeFolder();

    Generation taken = store("out").take(1);

    assertThat(taken.handed().classPath().getFirst()).endsWith(".jar");
    assertThat(taken.kinds().classNames()).containsExactly("app.Work");
  }

  @Test
  void aSpringBootJarIsUnpacked() throws IOException {
    var inside = new TreeMap<String, byte[]>();
    inside.put(
        "META-INF/MANIFEST.MF",
        "Manifest-Version: 1.0\r\nSpring-Boot-Classes: BOOT-INF/classes/\r\n\r\n".getBytes(UTF_8));
    classes.forEach((name, code) -> inside.put("BOOT-INF/classes/" + name, code));
    inside.put("BOOT-INF/lib/b.jar", Zip.of(Map.of("b.txt", new byte[] {1})));
    inside.put("BOOT-INF/lib/a.jar", Zip.of(Map.of("a.txt", new byte[] {1})));
    inside.put(
        "BOOT-INF/classpath.idx",
        "- \"BOOT-INF/lib/b.jar\"\n- \"BOOT-INF/lib/a.jar\"\n".getBytes(UTF_8));
    Files.write(base.resolve("boot.jar"), Zip.of(inside));

    Generation taken = store("boot.jar").take(1);

    assertThat(taken.kinds().classNames()).containsExactly("app.Work");
    assertThat(
            taken.handed().classPath().stream()
                .limit(3)
                .map(p -> Path.of(p).getFileName().toString()))
        .containsExactly("classes.jar", "b.jar", "a.jar");
  }

  @Test
  void aJarThatIsNotWholeIsRefusedAndLeavesNothing() throws IOException {
    byte[] whole = Zip.of(classes);
    Path jar = base.resolve("app.jar");
    CodeStore store = store("app.jar");
    byte[] spoilt = whole.clone();
    Arrays.fill(spoilt, 100, 200, (byte) 0); // its end, with the directory, is as it should be

    for (byte[] bad : List.of(Arrays.copyOf(whole, whole.length / 2), spoilt, new byte[0])) {
      Files.write(jar, bad);
      assertThatThrownBy(() -> store.take(1))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining(jar.toString())
          .hasMessageContaining("is not a whole jar");
    }
    try (Stream<Path> left = Files.list(base.resolve("generations"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aClassFileThatIsNotWholeIsRefusedAndLeavesNothing() throws IOException {
    writeFolder();
    Path work = base.resolve("out/app/Work.class");
    byte[] whole = Files.readAllBytes(work);
    CodeStore store = store("out");
    byte[] hole = whole.clone();
    Arrays.fill(hole, 8, whole.length, (byte) 0); // its size is there already, its pages are not

    for (byte[] bad :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, 12),
            Arrays.copyOf(whole, whole.length / 2),
            Arrays.copyOf(whole, whole.length - 1),
            hole)) {
      Files.write(work, bad);
      for (ThrowingCallable look :
          List.<ThrowingCallable>of(
              () -> store.take(1), () -> CodeCheck.check(List.of(base.resolve("out"))))) {
        assertThatThrownBy(look)
            .isInstanceOf(JobyardException.class)
            .hasMessageContaining(work.toString())
            .hasMessageContaining("is not a whole class file");
      }
    }
    try (Stream<Path> left = Files.list(base.resolve("generations"))) {
      assertThat(left).isEmpty();
    }
    Files.write(work, whole);
    assertThat(store.take(1).kinds().classNames()).containsExactly("app.Work");
  }

  @Test
  void classesForANewerJavaAreRefused() throws IOException {
    var newer = new TreeMap<>(classes);
    byte[] work = newer.get("app/Work.class").clone();
    work[7] = (byte) (Runtime.version().feature() + 1 + 44);
    newer.put("app/Work.class", work);
    Files.write(base.resolve("app.jar"), Zip.of(newer));

    assertThatThrownBy(() -> store("app.jar").take(1))
        .hasMessageContaining("app.Work is compiled for Java")
        .hasMessageContaining("build it with --release");
  }

  @Test
  void whatHasNotChangedIsNotCopiedAgainAndWhatDiedIsRemoved() throws IOException {
    Files.write(base.resolve("app.jar"), Zip.of(classes));
    Files.write(base.resolve("lib.jar"), Zip.of(Map.of("a.txt", new byte[1000])));
    CodeStore store = store("app.jar", "lib.jar");
    Generation first = store.take(1);
    Files.write(base.resolve("app.jar"), Variant.jar("2"));

    Generation second = store.take(2);

    assertThat(Stamp.of(Path.of(second.handed().classPath().get(1))))
        .isEqualTo(Stamp.of(Path.of(first.handed().classPath().get(1))));
    assertThat(Stamp.of(Path.of(second.handed().classPath().get(0))))
        .isNotEqualTo(Stamp.of(Path.of(first.handed().classPath().get(0))));
    store.remove(first);
    assertThat(first.dir()).doesNotExist();
    assertThat(Path.of(second.handed().classPath().get(1))).exists();
    store("app.jar");
    assertThat(second.dir()).doesNotExist();
  }
}
