package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.StoreUnavailable;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.lettuce.core.cluster.models.partitions.Partitions;
import org.junit.jupiter.api.Test;

class RedisErrorsTest {
  private final RedisErrors errors = new RedisErrors(RedisUrl.of("redis://127.0.0.1"));

  @Test
  void aMasterThatWasReplacedBeforeItsReplicasAnsweredCountsAsAway() {
    var refusal =
        new RedisCommandExecutionException(
            "ERR WAIT cannot be used with replica instances. Please");
    assertThat(errors.translate(refusal)).isInstanceOf(StoreUnavailable.class);
    assertThat(RedisErrors.isReplica(refusal)).isTrue();
  }

  /** A client's picture of the Cluster lacks a slot for a moment, while it is drawn anew. */
  @Test
  void whatNobodyKnownCouldBeSentMayBeAskedAgain() {
    var unknown =
        new PartitionSelectorException(
            "Cannot determine a partition for slot 12362.", new Partitions());
    assertThat(RedisErrors.refused(unknown)).isTrue();
    assertThat(errors.translate(unknown)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aFullDiskIsToldInTheServersWordsWithoutTheScripts() {
    var full =
        new RedisCommandExecutionException(
            "ERR Error running script (call to f_685ce7): @user_script:32: @user_script: 32:"
                + " -MISCONF Errors writing to the AOF file: No space left on device");
    assertThat(errors.translate(full))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining(
            "takes nothing more (MISCONF Errors writing to the AOF file: No space left on device);");
  }
}
