package io.jobyard.node.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.codec.KindIndex;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose word counts when new code does not come up. */
final class TrialTest {
  private final FakeRanks mail = new FakeRanks("mail");
  private final FakeRanks images = new FakeRanks("images");
  private final Trial trial = new Trial(List.of(mail, images), () -> {});

  private void begin() {
    var code = new ClassPath(List.of(), List.of(), List.of());
    KindIndex none = KindIndex.fromJson("[]".getBytes(UTF_8));
    trial.begin(Generation.of(2, Path.of("2"), code, none));
  }

  @Test
  void aQueueWhoseWorkerIsMissingForAMomentHasItsVeto() {
    images.staffed = false;
    images.fault = "no luck";

    begin();

    assertThat(trial.isDecided()).isTrue();
    assertThat(trial.failure()).isEqualTo("queue images: no luck");
  }

  @Test
  void aQueueThatDoesNotComeUpWithTheOldCodeEitherHasNone() {
    images.troubled = true;
    images.fault = "no luck";

    begin();

    assertThat(trial.isDecided()).isTrue();
    assertThat(trial.failure()).isNull();
  }

  @Test
  void whereNoQueueComesUpTheCodeIsNotTaken() {
    for (FakeRanks queue : List.of(mail, images)) {
      queue.troubled = true;
      queue.fault = "no luck";
    }

    begin();

    assertThat(trial.failure()).isEqualTo("queue mail: no luck");
  }
}
