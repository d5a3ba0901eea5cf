package io.jobyard.node.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RestTest {
  private final Rest rest = new Rest(files(0), Duration.ofMillis(500), Duration.ofSeconds(5));

  private static Fingerprint files(int size) {
    return new Fingerprint(
        Map.of(Path.of("a.jar"), new Stamp(FileTime.fromMillis(1), size, 7)), "");
  }

  private boolean at(long millis, int size) {
    return rest.settled(files(size), Duration.ofMillis(millis).toNanos());
  }

  @Test
  void aChangeIsTakenOnceItHasComeToRest() {
    assertThat(at(0, 0)).isFalse();
    assertThat(at(100, 1)).isFalse();
    assertThat(at(400, 2)).isFalse();
    assertThat(at(700, 2)).isFalse();
    assertThat(at(900, 2)).isTrue();
    rest.taken(files(2));
    assertThat(at(9_000, 2)).isFalse();
  }

  @Test
  void whatChangedBackIsNoChange() {
    assertThat(at(0, 1)).isFalse();
    assertThat(at(100, 0)).isFalse();
    assertThat(at(9_000, 0)).isFalse();
    assertThat(at(9_100, 1)).isFalse();
  }

  @Test
  void filesThatNeverRestAreTakenInTheEnd() {
    for (int i = 0; i < 50; i++) {
      assertThat(at(i * 100L, i + 1)).isFalse();
    }
    assertThat(at(5_000, 99)).isTrue();
  }
}
