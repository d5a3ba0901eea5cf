package io.jobyard.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.SharedTable;
import io.jobyard.config.TableConfig;
import io.jobyard.config.TableConfig.Column;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on one table, some killed in the middle of it. */
class KilledOwnerTest {
  private static final int PROCESSES = 4;
  private static final int EACH = 250_000;
  private static final int STEADY = 60_000;

  @TempDir private Path dir;

  private SharedTable sums() throws IOException {
    TableConfig config =
        new TableConfig(
            "sums",
            64,
            List.of(
                Column.parse("count", "int"),
                Column.parse("left", "int"),
                Column.parse("right", "int")));
    return Tables.create(dir, List.of(config)).get("sums");
  }

  @Test
  void aMillionIncrementsOfFourProcessesAddUp() throws Exception {
    SharedTable sums = sums();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start("own-" + i, EACH));
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(count(sums, "all")).isEqualTo(PROCESSES * EACH);
  }

  @Test
  void theKilledLeaveNoLockNoHalfRowAndNoGapInTheSum() throws Exception {
    SharedTable sums = sums();
    int kills = 8;
    Process steady = start("steady", STEADY);
    for (int i = 0; i < kills; i++) {
      Process victim = start("own-" + i, Long.MAX_VALUE);
      while (count(sums, "own-" + i) < 500 + 37L * i) {
        Thread.onSpinWait();
      }
      victim.destroyForcibly().waitFor();
    }
    assertThat(steady.waitFor()).isZero();

    long parts = count(sums, "steady");
    for (int i = 0; i < kills; i++) {
      parts += count(sums, "own-" + i);
    }
    // Each of the killed may have counted for all and not yet for itself.
    assertThat(count(sums, "all")).isBetween(parts, parts + kills);
    sums.forEach(row -> assertThat(row.getLong("left")).isEqualTo(-row.getLong("right")));
    for (int i = 0; i < 64 - kills - 2; i++) {
      sums.delete("gone-own-" + i);
    }
    for (int i = sums.count(); i < sums.capacity(); i++) {
      sums.increment("fill-" + i, "count"); // what the killed had reserved is free again
    }
    assertThat(sums.count()).isEqualTo(sums.capacity());
  }

  private static long count(SharedTable table, String key) {
    return table.get(key).map(row -> row.getLong("count")).orElse(0L);
  }

  private Process start(String own, long times) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Counting.class.getName(),
                dir.toString(),
                own,
                Long.toString(times))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("counting");
    return process;
  }
}
