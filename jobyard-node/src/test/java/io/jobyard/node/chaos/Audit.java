package io.jobyard.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.QueueStatus;
import java.util.List;

/** The count at the end: what was pushed, what the ledger says was done, what the store says. */
record Audit(Scene scene, List<Death> deaths, Doubles doubles) {
  static Audit of(Scene scene, List<Death> deaths) {
    return new Audit(scene, List.copyOf(deaths), Doubles.of(scene.ledger.lines(), deaths));
  }

  Audit print() {
    System.out.printf(
        "%d jobs, %d deaths, %d runs doubled and excused, %d not%n",
        scene.pushed.size(), deaths.size(), doubles.excused().size(), doubles.unexcused().size());
    return this;
  }

  /** All succeeded, each is in the ledger, the counts agree, and no double lacks its excuse. */
  void assertNothingLost() {
    QueueStatus status = scene.status();
    assertThat(scene.ledger.ended()).isEqualTo(scene.pushed);
    assertThat(status.succeeded()).isEqualTo(scene.pushed.size());
    assertThat(Scene.sum(status)).isEqualTo(scene.pushed.size());
    assertThat(doubles.unexcused()).isEmpty();
  }
}
