package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriterTest {
  @TempDir private Path folder;

  @Test
  void onlyACommitThatChangedSomethingIsToldOf() throws Exception {
    SqliteFile file = new SqliteFile(folder.resolve("jobs.db"));
    AtomicInteger told = new AtomicInteger();
    try (SharedPage page = SharedPage.open(file.shared());
        Writer writer =
            new Writer(
                file,
                new Connections(file).open(1024, Duration.ofSeconds(1)),
                new SqliteErrors(file),
                page,
                Duration.ofSeconds(1),
                told::incrementAndGet)) {
      writer.write(db -> db.update("create table t (x integer)"));
      told.set(0);
      writer.write(db -> db.update("update t set x = 1"));
      assertThat(told).hasValue(0);
      writer.write(db -> db.update("insert into t values (1)"));
      assertThat(told).hasValue(1);
    }
  }
}
