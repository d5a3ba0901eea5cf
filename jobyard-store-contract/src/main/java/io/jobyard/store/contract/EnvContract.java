package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A store belongs to the environment that it was first opened with for work. */
public interface EnvContract extends StoreFixture {
  @Test
  default void theFirstNamedOpeningDecides() {
    JobStore nobodys = open();
    assertThat(nobodys.report().env()).isNull();
    JobStore first = harness().open("production");
    assertThat(first.report().env()).isEqualTo("production");
    assertThat(nobodys.report().env()).isEqualTo("production");
    JobStore again = harness().open("production");
    assertThat(again.push(List.of(Draft.job().done()))).hasSize(1);
  }

  @Test
  default void anotherNameIsRefused() {
    JobStore first = harness().open("production");
    for (String other : List.of("dev", "Production", "production ")) {
      assertThatThrownBy(() -> harness().open(other))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("'production'")
          .hasMessageContaining("env: " + other)
          .hasMessageContaining("own store");
    }
    assertThat(first.report().env()).isEqualTo("production");
    assertThat(first.push(List.of(Draft.job().done()))).hasSize(1);
  }

  @Test
  default void whoHasNoneIsNotAsked() {
    JobStore unused = harness().open("production");
    Actor node = Actor.on(open());
    node.pushAndLease();
    assertThat(node.store.report().env()).isEqualTo("production");
  }

  @Test
  default void whoOnlyLooksDecidesNothing() {
    JobStore visitor = harness().look("development");
    assertThat(visitor.report().env()).isNull();
    JobStore unused = harness().open("production");
    assertThat(visitor.report().env()).isEqualTo("production");
    assertThat(harness().look("production").report().env()).isEqualTo("production");
    assertThatThrownBy(() -> harness().look("development"))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("'production'");
  }
}
