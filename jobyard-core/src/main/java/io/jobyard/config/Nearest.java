package io.jobyard.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The word somebody probably meant. */
public final class Nearest {
  private Nearest() {}

  /** The known word with the fewest slips between it and this one; empty if none is near. */
  public static Optional<String> to(String word, Collection<String> known) {
    int limit = Math.max(1, (word.length() + 1) / 3);
    return known.stream()
        .filter(candidate -> slips(word, candidate) <= limit)
        .min(
            Comparator.<String>comparingInt(candidate -> slips(word, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** The end of an error message: {@code "; did you mean poll?"}, or the words there are. */
  static String hint(String word, Collection<String> known) {
    return to(word, known)
        .map(near -> "; did you mean " + near + "?")
        .orElseGet(() -> "; known are " + String.join(", ", known));
  }

  /** Letters to insert, drop, replace or swap with their neighbour. */
  private static int slips(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, to, i, j);
      }
    }
    return cost[from.length()][to.length()];
  }

  private static int cheapest(int[][] cost, String from, String to, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
