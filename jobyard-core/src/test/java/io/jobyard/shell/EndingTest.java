package io.jobyard.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that do not want to end are ended with all they started, by an interrupt. */
@EnabledOnOs(OS.LINUX)
class EndingTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path dir;
  private Bench bench;

  @BeforeEach
  void open() throws Exception {
    dir = dir.toRealPath();
    bench = Bench.allowing(dir);
  }

  /** Runs a program until a file says it is there, interrupts it, and counts what is left. */
  private Throwable interrupted(String body) throws Exception {
    Path ready = dir.resolve("ready");
    String program = bench.program("program", body.replace("READY", "touch " + ready));
    var thrown = new AtomicReference<Throwable>();
    Thread job =
        Thread.ofVirtual()
            .start(() -> {
              try {
                bench.run(Shell.of(program));
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    await().atMost(SOON).until(() -> Files.exists(ready));
    job.interrupt();
    assertThat(job.join(SOON)).isTrue();
    assertThat(left()).isEmpty();
    return thrown.get();
  }

  /** What still works in the test's own folder, whatever it did to its marks. */
  private List<String> left() throws IOException {
    List<String> left = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.readSymbolicLink(process.resolve("cwd")).equals(dir)) {
            left.add(
                process
                    + " "
                    + Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
          }
        } catch (IOException gone) {
          continue;
        }
      }
    }
    return left;
  }

  @Test
  void oneThatIgnoresTerm() throws Exception {
    assertThat(interrupted("trap '' TERM INT HUP; READY; while :; do sleep 1; done"))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void oneThatWantsToTidyUpMay() throws Exception {
    interrupted("trap 'touch tidied; exit 0' TERM; READY; while :; do sleep 0.02; done");
    assertThat(dir.resolve("tidied")).exists();
  }

  @Test
  void oneThatForksWithoutEnd() throws Exception {
    // Bounded in case it is not ended: two hundred at a time, for ever.
    interrupted(
        "READY; f() { while :; do sleep 5 & sleep 0.01; done; }; for i in 1 2 3 4; do f & done; wait");
  }

  @Test
  void oneWhoseChildrenHideFromEveryMark() throws Exception {
    interrupted(
        "(env -i setsid sh -c '(env -i setsid sh -c \"sleep 600\" &) &' &) ; sleep 0.3; READY; sleep 600");
  }

  @Test
  void oneThatClosesItsOutputAndGoesOn() throws Exception {
    interrupted("exec >&- 2>&-; READY; sleep 600");
  }

  @Test
  void oneThatPrintsWithoutEnd() throws Exception {
    interrupted("READY; exec yes");
    assertThat(bench.job.lines()).hasSizeLessThan(60_000);
  }

  @Test
  void whatAProgramLeavesBehindEndsWithIt() throws Throwable {
    String program =
        bench.program("leaves", "(env -i setsid sleep 600 &); sleep 600 & echo started");
    long begin = System.nanoTime();
    assertThat(bench.run(Shell.of(program)).output()).isEqualTo("started\n");
    assertThat(System.nanoTime() - begin).isLessThan(SOON.toNanos());
    assertThat(left()).isEmpty();
  }

  @Test
  void aProgramGetsASessionOfItsOwnAndDiesWithItsWorker() throws Throwable {
    String program =
        bench.program(
            "stat", "cut -d' ' -f1,5,6 /proc/self/stat; grep 'file locks' /proc/self/limits");
    List<String> lines = bench.run(Shell.of(program)).output().lines().toList();
    String[] ids = lines.getFirst().split(" ");
    assertThat(ids[1]).as("group").isEqualTo(ids[2]);
    assertThat(Long.parseLong(ids[2])).isNotEqualTo(ProcessHandle.current().pid());
    assertThat(lines.getLast()).matches("Max file locks +[0-9]{15,} +[0-9]{15,} .*");
  }
}
