package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN = List.of("poll", "processes", "threads", "retries");

  @Test
  void findsTheWordThatWasMeant() {
    assertThat(Nearest.to("pol", KNOWN)).contains("poll");
    assertThat(Nearest.to("prcoesses", KNOWN)).contains("processes");
    assertThat(Nearest.to("retrys", KNOWN)).contains("retries");
  }

  @Test
  void staysSilentWhenNothingIsNear() {
    assertThat(Nearest.to("watch", KNOWN)).isEmpty();
    assertThat(Nearest.hint("watch", KNOWN))
        .isEqualTo("; known are poll, processes, threads, retries");
  }
}
