package io.jobyard.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.SharedTable;
import io.jobyard.TableFull;
import io.jobyard.config.TableConfig;
import io.jobyard.config.TableConfig.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  @TempDir private Path dir;
  private Tables tables;
  private SharedTable visits;

  @BeforeEach
  void layOut() throws Exception {
    tables = Tables.create(dir, List.of(table("visits", 8)));
    visits = tables.get("visits");
  }

  private static TableConfig table(String name, int rows) {
    return new TableConfig(
        name,
        rows,
        List.of(
            Column.parse("count", "int"),
            Column.parse("rate", "float"),
            Column.parse("page", "string(8)")));
  }

  @Test
  void aRowIsSetInPartsAndReadAsAWhole() {
    visits.set("a", Map.of("count", 7, "page", "größe"));
    visits.set("a", Map.of("rate", 0.5f));

    SharedTable.Row row = visits.get("a").orElseThrow();
    assertThat(row.key()).isEqualTo("a");
    assertThat(row.getLong("count")).isEqualTo(7);
    assertThat(row.getDouble("rate")).isEqualTo(0.5);
    assertThat(row.getString("page")).isEqualTo("größe");
    assertThat(row.values())
        .containsExactly(
            Map.entry("count", 7L), Map.entry("rate", 0.5), Map.entry("page", "größe"));
    assertThat(visits.get("b")).isEmpty();
  }

  @Test
  void aShorterTextLeavesNothingOfALongerOne() {
    visits.set("a", Map.of("page", "12345678"));
    visits.set("a", Map.of("page", "x"));

    assertThat(visits.get("a").orElseThrow().getString("page")).isEqualTo("x");
  }

  @Test
  void incrementsBeginAtZeroAndGiveTheirResult() {
    assertThat(visits.increment("a", "count")).isEqualTo(1);
    assertThat(visits.increment("a", "count", 41)).isEqualTo(42);
    assertThat(visits.decrement("a", "count", 2)).isEqualTo(40);
    assertThat(visits.decrement("a", "count")).isEqualTo(39);
    assertThat(visits.increment("a", "rate", 1.5)).isEqualTo(1.5);
    assertThat(visits.increment("a", "rate", -0.5)).isEqualTo(1.0);
  }

  @Test
  void aSumThatDoesNotFitChangesNothing() {
    visits.set("a", Map.of("count", Long.MAX_VALUE));

    assertThatThrownBy(() -> visits.increment("a", "count"))
        .isInstanceOf(ArithmeticException.class);
    assertThat(visits.get("a").orElseThrow().getLong("count")).isEqualTo(Long.MAX_VALUE);
    assertThat(visits.increment("b", "count")).isOne();
  }

  @Test
  void aDeletedRowMakesRoom() {
    for (int i = 0; i < 8; i++) {
      visits.set("row-" + i, Map.of("count", i));
    }
    assertThatThrownBy(() -> visits.set("one more", Map.of("count", 1)))
        .isInstanceOf(TableFull.class)
        .hasMessageContaining("visits is full: all its 8 rows are taken");
    visits.set("row-3", Map.of("count", 33)); // a row that is there needs no room

    assertThat(visits.delete("row-3")).isTrue();
    assertThat(visits.delete("row-3")).isFalse();
    visits.set("one more", Map.of());

    assertThat(visits.count()).isEqualTo(8);
    assertThat(visits.get("row-3")).isEmpty();
    assertThat(visits.get("one more").orElseThrow().values().values()).containsExactly(0L, 0.0, "");
  }

  @Test
  void everyRowIsShownOnceAndMayBeDeletedMeanwhile() {
    for (int i = 0; i < 8; i++) {
      visits.set("row-" + i, Map.of("count", i));
    }
    List<String> seen = new ArrayList<>();

    visits.forEach(row -> {
      seen.add(row.key() + "=" + row.getLong("count"));
      visits.delete(row.key());
    });

    assertThat(seen)
        .containsExactlyInAnyOrder(
            "row-0=0", "row-1=1", "row-2=2", "row-3=3", "row-4=4", "row-5=5", "row-6=6", "row-7=7");
    assertThat(visits.count()).isZero();
  }

  @Test
  void whatDoesNotFitIsRefusedAndSaysSo() {
    assertThatThrownBy(() -> visits.set("a", Map.of("nope", 1)))
        .hasMessage("table visits has no column nope; it has count, rate, page");
    assertThatThrownBy(() -> visits.set("a", Map.of("count", "1")))
        .hasMessage("table visits: column count int cannot take java.lang.String 1");
    assertThatThrownBy(() -> visits.set("a", Map.of("count", 1.5)))
        .hasMessageContaining("column count int cannot take java.lang.Double");
    assertThatThrownBy(() -> visits.set("a", Map.of("page", "123456789")))
        .hasMessage("table visits: a text of 9 bytes does not fit column page string(8)");
    assertThatThrownBy(() -> visits.increment("a", "page"))
        .hasMessageContaining("column page string(8)");
    assertThatThrownBy(() -> visits.increment("a", "rate", 1L))
        .hasMessageContaining("not of type int");
    assertThatThrownBy(() -> visits.set("k".repeat(65), Map.of()))
        .hasMessage("table visits: a key has 1 to 64 bytes, got 65");
    assertThatThrownBy(() -> visits.get("")).hasMessageContaining("got 0");
    assertThat(visits.count()).isZero();
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> tables.get("hits"))
        .hasMessage("there is no table hits; this node has visits");
    assertThatThrownBy(() -> tables.get("../visits")).hasMessageContaining("there is no table");
    assertThatThrownBy(() -> Tables.none().get("visits"))
        .hasMessageContaining("add it under `tables`");
  }

  @Test
  void tablesTooLargeToMapAreRefused() {
    var columns = List.of(Column.parse("text", "string(65536)"));

    assertThatThrownBy(() -> Tables.create(dir, List.of(new TableConfig("big", 100_000, columns))))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("tables: table big")
        .hasMessageContaining("the most is 2 GiB");
  }

  @Test
  void manyThreadsCountEachOnceWhileRowsComeAndGo() throws Exception {
    int threads = 8;
    int each = 5_000;
    var failures = new ConcurrentHashMap<Throwable, Boolean>();
    var done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      String own = "own-" + i % 4;
      Thread.ofPlatform()
          .start(() -> {
            try {
              for (int n = 0; n < each; n++) {
                visits.increment("all", "count");
                visits.set(own, Map.of("page", "p" + n, "count", n));
                visits.delete(own);
              }
            } catch (Throwable e) {
              failures.put(e, true);
            } finally {
              done.countDown();
            }
          });
    }
    done.await();

    assertThat(failures).isEmpty();
    assertThat(visits.get("all").orElseThrow().getLong("count")).isEqualTo(threads * each);
    assertThat(visits.count()).isOne();
  }
}
