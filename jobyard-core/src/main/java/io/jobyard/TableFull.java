package io.jobyard;

/** A {@link SharedTable} has no room for another row. */
public final class TableFull extends JobyardException {
  private static final long serialVersionUID = 1L;

  public TableFull(String table, int rows) {
    super(
        "table %s is full: all its %,d rows are taken; delete some, or give it more `rows` in jobyard.yaml"
            .formatted(table, rows));
  }
}
