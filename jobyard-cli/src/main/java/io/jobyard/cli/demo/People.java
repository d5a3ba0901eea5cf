package io.jobyard.cli.demo;

import java.util.List;

/** What a CSV holds: the rows that can be used, and those that cannot. */
record People(List<Person> rows, List<SkippedRow> skipped) {
  People {
    rows = List.copyOf(rows);
    skipped = List.copyOf(skipped);
  }
}
