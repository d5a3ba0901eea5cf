package io.jobyard.table;

import io.jobyard.SharedTable;
import java.nio.file.Path;
import java.util.Map;

/** A process that counts up in a table until it is killed, or so many times. */
final class Counting {
  private Counting() {}

  /** Folder, its own key, how many times. */
  public static void main(String[] args) {
    SharedTable table = Tables.in(Path.of(args[0])).get("sums");
    String own = args[1];
    long times = Long.parseLong(args[2]);
    System.out.println("counting");
    for (long i = 1; i <= times; i++) {
      table.increment("all", "count");
      table.increment(own, "count"); // after it: never more than the sum
      if (i % 16 == 0) {
        table.set("gone-" + own, Map.of("left", i, "right", -i));
        table.delete("gone-" + own);
      }
    }
    System.out.println("done");
  }
}
