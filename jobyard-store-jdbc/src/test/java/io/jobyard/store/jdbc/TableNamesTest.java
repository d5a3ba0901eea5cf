package io.jobyard.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import org.junit.jupiter.api.Test;

final class TableNamesTest {
  @Test
  void fillsInTablesWithTheirSchemaAndIndexesWithout() {
    TableNames names = TableNames.in("\"acme\"", "yard_");
    assertThat(names.fill("create index {n}jobs_id on {t}jobs (id)"))
        .isEqualTo("create index yard_jobs_id on \"acme\".yard_jobs (id)");
    assertThat(TableNames.of("yard_").fill("select 1 from {t}jobs"))
        .isEqualTo("select 1 from yard_jobs");
  }

  @Test
  void aPrefixThatNeedsQuotesIsRefused() {
    for (String prefix : new String[] {"", "Yard", "1st", "a b", "x\"; drop table y", "ü"}) {
      assertThatThrownBy(() -> TableNames.of(prefix))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("'" + prefix + "'");
    }
  }
}
